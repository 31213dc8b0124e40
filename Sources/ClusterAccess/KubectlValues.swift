// SPDX-License-Identifier: Apache-2.0

package import JSONTree
import Reconciling
package import SliceFormat

extension KubectlTarget {
  /// Config maps and secrets of the cluster, by where they are; those that do not exist are missing.
  ///
  /// Read as the service account that the bundle is applied as, so that nobody gets values that he may not
  /// read. They are never written to a file.
  ///
  /// - Parameter namespace: for sources that name none.
  package func configuration(
    _ sources: [SiteRendering.Source], namespace: String, account: String
  ) throws(TargetError) -> Result<[ObjectIdentity: JSONValue], ConfigurationFailure> {
    var wanted: [String: [ObjectIdentity]] = [:]
    for source in sources {
      let identity = source.identity(namespace: namespace)
      if wanted[identity.namespace]?.contains(identity) == true { continue }
      wanted[identity.namespace, default: []].append(identity)
    }
    var found: [ObjectIdentity: JSONValue] = [:]
    for (namespace, identities) in wanted.sorted(by: {
      $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
    }) {
      let call = try kubectl.acting(as: account).run(
        ["get", "--ignore-not-found", "-n", namespace, "-o", "json"]
          + identities.map { "\($0.kind.lowercased())/\($0.name)" })
      guard call.succeeded else {
        if KubectlOutput.saysUnreachable(call.errors) {
          throw .unreachable(call.unreachableMessage)
        }
        return .failure(
          ConfigurationFailure(reason: KubectlOutput.reason(call.errors, file: "")))
      }
      for object in KubectlOutput.objects(call.json) {
        let identity = ObjectIdentity(
          group: "", kind: object["kind"]?.string ?? "", namespace: namespace,
          name: object["metadata"]?["name"]?.string ?? "")
        found[identity] = object
      }
    }
    return .success(found)
  }
}

/// Why the server did not give what was asked for.
package struct ConfigurationFailure: Error, Sendable {
  /// The sentence.
  package let reason: String
}
