// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Posix
import Reconciling

/// Calls of kubectl for one cluster.
struct Kubectl: Sendable {
  /// What a call printed and how it ended.
  struct Result {
    let succeeded: Bool
    let bytes: [UInt8]
    let errors: String

    /// Standard output as text.
    var output: String { String(decoding: bytes, as: UTF8.self) }

    /// Standard output as JSON; nil when it is none.
    var json: JSONValue? { JSONParser.parse(bytes, limits: .machine) }

    /// The sentence for a cluster that does not answer.
    var unreachableMessage: String {
      "the cluster does not answer: \(KubectlOutput.reason(errors, file: ""))"
    }
  }

  /// The namespace of the record of what is ours, and of the service accounts of bundles.
  let systemNamespace: String
  /// The service account as which calls are made; empty for the site's own.
  private(set) var account = ""
  let kubeconfig: String?
  let context: String?
  let cache: String
  let timeout: Int

  init(
    kubeconfig: String?, context: String?, systemNamespace: String, cache: String, timeout: Int
  ) {
    self.kubeconfig = kubeconfig
    self.context = context
    self.systemNamespace = systemNamespace
    self.cache = cache
    self.timeout = timeout
  }

  /// The same as a service account; the server asks it for its rights, not the site's own.
  func acting(as account: String) -> Kubectl {
    var kubectl = self
    kubectl.account = account
    return kubectl
  }

  /// The words of a server-side apply of a file or folder.
  ///
  /// kubectl's own check is left out: it loads the schema of everything that the server knows, which costs as
  /// much as applying fifty objects, and server-side apply refuses a field that is in no schema by itself.
  static func apply(_ file: String, as manager: String, forces: Bool) -> [String] {
    ["apply", "--server-side", "--validate=false", "--field-manager=\(manager)", "-f", file]
      + (forces ? ["--force-conflicts"] : [])
  }

  /// Runs kubectl; a call that does not end in time is a cluster that does not answer.
  ///
  /// `variables` are added to the environment.
  func run(
    _ arguments: [String], adding variables: [String: String] = [:]
  ) throws(TargetError) -> Result {
    var words = ["kubectl", "--cache-dir=\(cache)"]
    if let kubeconfig { words.append("--kubeconfig=\(kubeconfig)") }
    if let context { words.append("--context=\(context)") }
    if !account.isEmpty {
      words.append("--as=system:serviceaccount:\(systemNamespace):\(account)")
    }
    do {
      let child = try Child.run(
        words + arguments,
        environment: variables.isEmpty ? nil : Environment.all.merging(variables) { $1 },
        ownGroup: true, timeoutSeconds: timeout, outputLimit: 256 << 20)
      switch child.status {
      case .exit(let code):
        return Result(
          succeeded: code == 0, bytes: child.output,
          errors: String(decoding: child.errorOutput, as: UTF8.self))
      case .timedOut:
        throw TargetError.unreachable("the cluster does not answer: kubectl \(child.status)")
      case .signal, .wroteTooMuch:
        throw TargetError.unusable("kubectl \(child.status)")
      }
    } catch let error as TargetError {
      throw error
    } catch let error as PosixError {
      throw .unusable(error.description)
    } catch {
      throw .unusable("\(error)")
    }
  }
}
