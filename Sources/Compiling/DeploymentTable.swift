// SPDX-License-Identifier: Apache-2.0

import GitObjects

/// What a deployment is known by: a digest of everything that it is a function of.
struct DeploymentKey: Hashable {
  /// The 32 bytes.
  let bytes: [UInt8]

  init(rendering: String, context: [UInt8]) {
    var digest = SHA256()
    digest.update(Array("deployment\n\(rendering)\n".utf8))
    digest.update(context)
    bytes = digest.finalize()
  }

  init?(_ bytes: ArraySlice<UInt8>) {
    guard bytes.count == 32 else { return nil }
    self.bytes = Array(bytes)
  }
}

/// Deployments by their keys, as they are kept: the contents, then key, tree and content of each.
struct DeploymentTable {
  /// When the renderings were counted as used last, in seconds; 0 for never.
  var touched: Int64 = 0
  private var contents: [DeploymentContent] = []
  private var places: [[UInt8]: Int] = [:]
  private var entries: [DeploymentKey: (tree: ObjectID, content: Int)] = [:]
  /// In the order of taking note, so that equal compilations write equal bytes.
  private var order: [DeploymentKey] = []

  init() {}

  /// Reads what `bytes` has written; nil when it makes no sense.
  init?(_ bytes: [UInt8]) {
    var input = ByteInput(bytes)
    guard let seconds = Int64(input.text()), (0...Self.latest).contains(seconds) else { return nil }
    touched = seconds
    for _ in 0..<input.count() {
      guard let content = DeploymentContent(Array(input.field())) else { return nil }
      contents.append(content)
    }
    let count = input.count()
    entries.reserveCapacity(count)
    for _ in 0..<count {
      guard let key = input.take(32).flatMap({ DeploymentKey($0) }),
        let tree = input.take(20).flatMap({ ObjectID(bytes: $0) })
      else { return nil }
      let content = input.number(limit: contents.count)
      guard contents.indices.contains(content) else { return nil }
      entries[key] = (tree, content)
    }
    guard input.isAtEnd else { return nil }
  }

  /// The year 9999: no clock is so wrong, and a day can be added.
  private static var latest: Int64 { 253_402_300_800 }

  subscript(_ key: DeploymentKey) -> RememberedDeployment? {
    entries[key].map { RememberedDeployment(tree: $0.tree, content: contents[$0.content]) }
  }

  /// Adds a deployment, unless its key is there.
  mutating func add(_ deployment: RememberedDeployment, for key: DeploymentKey) {
    if entries[key] != nil { return }
    let place: Int
    if let known = places[deployment.content.bytes] {
      place = known
    } else {
      place = contents.count
      contents.append(deployment.content)
      places[deployment.content.bytes] = place
    }
    entries[key] = (deployment.tree, place)
    order.append(key)
  }

  /// Whether both have the same deployments under the same keys.
  func hasEntries(of other: DeploymentTable) -> Bool {
    entries.count == other.entries.count
      && order.allSatisfy { key in
        guard let one = self[key], let two = other[key], one.tree == two.tree else { return false }
        return one.content === two.content || one.content.bytes == two.content.bytes
      }
  }

  /// What is kept.
  var bytes: [UInt8] {
    var output = ByteOutput()
    output.add("\(touched)")
    output.add(contents.count)
    for content in contents { output.add(content.bytes) }
    output.add(order.count)
    for key in order {
      guard let entry = entries[key] else { continue }
      output.append(key.bytes)
      output.append(entry.tree.bytes)
      output.add(entry.content)
    }
    return output.bytes
  }
}
