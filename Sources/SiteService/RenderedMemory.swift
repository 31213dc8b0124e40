// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import JSONTree
import Posix
import Reconciling

/// What charts came out as when they were applied last: a digest for each bundle that the site renders.
///
/// Kept at the site and not in the cluster's record, because secret values go into it. Without it a bundle
/// is applied once more.
final class RenderedMemory {
  private static let limit = 4 << 20

  private let path: String
  private var digests: [String: String]?

  init(_ path: String) { self.path = path }

  /// Whether a rendered bundle is what was remembered.
  func has(_ bundle: DesiredBundle) -> Bool { known[bundle.name] == Self.digest(bundle) }

  /// Remembers a rendered bundle; that this cannot be written costs an apply, and no more.
  func add(_ bundle: DesiredBundle) {
    let digest = Self.digest(bundle)
    if known[bundle.name] == digest { return }
    digests = known.merging([bundle.name: digest]) { $1 }
    let members = known.byName
      .map { JSONMember($0.key, .string($0.value)) }
    _ = try? Files.writeAtomically(path, JSONWriter.compact(.object(members)), mode: 0o600)
  }

  private var known: [String: String] {
    if let digests { return digests }
    let json = (try? Files.readIfPresent(path, limit: Self.limit)).flatMap { JSONParser.parse($0) }
    var read: [String: String] = [:]
    for member in json?.members ?? [] { read[member.name] = member.value.string }
    digests = read
    return read
  }

  private static func digest(_ bundle: DesiredBundle) -> String {
    var bytes: [UInt8] = []
    for object in bundle.objects {
      bytes += Array("\(object.reference.key) \(object.manifest.count)\n".utf8) + object.manifest
    }
    return SHA256.hex(bytes)
  }
}
