// SPDX-License-Identifier: Apache-2.0

import GitObjects
import GitStore
import JSONTree
package import Posix
import SliceFormat

extension Observing {
  /// Writes a digest, its contacts, and what the rollout service remembers.
  ///
  /// Only shards in which something changed are written. The objects that are replaced are put down in
  /// `observed.superseded`, for `fleet-hub maintain` to remove.
  /// - Parameters:
  ///   - digest: from `look`, under the same lock.
  ///   - rollouts: what to remember, each under the id of its rollout, in place of all that was there; nil
  ///     leaves it as it is.
  /// - Returns: false when the digest would stay the same.
  @discardableResult
  package func write(
    _ digest: StatusDigest, rollouts: [(id: String, bytes: [UInt8])]? = nil, now: Timestamp
  ) throws(HubError) -> Bool {
    try HubError.wrap {
      var contacts = digest.contacts
      try contacts.write(to: hub)
      let old = try fleet.reference(HubLayout.Ref.observed)
      let memory =
        rollouts.map {
          Dictionary($0.map { ($0.id, $0.bytes) }, uniquingKeysWith: { _, new in new })
        }
        ?? digest.rollouts
      let isSame =
        digest.written != nil && !digest.parts.contains { $0.isChanged }
        && memory == digest.rollouts
      if isSame, old != nil { return false }
      var entries: [TreeEntry] = []
      var states: [BundleState: Int] = [:]
      for (number, part) in digest.parts.enumerated() where !part.lines.isEmpty {
        for line in part.lines { if let state = line.state { states[state, default: 0] += 1 } }
        let id = try part.blob ?? fleet.write(.blob, Self.bytes(part))
        entries.append(TreeEntry(Self.shards[number] + ".jsonl", .file, id))
      }
      var root = [
        TreeEntry(
          name: Self.clustersFolder, mode: .directory, id: try fleet.writeTree(entries)),
        TreeEntry(
          name: Self.summaryFile, mode: .file,
          id: try fleet.write(.blob, summary(digest, states, now))),
      ]
      if !memory.isEmpty {
        let files = try memory.map { id, bytes in
          guard !id.isEmpty, !id.hasPrefix("."), !id.utf8.contains(where: { $0 == 0 || $0 == 0x2f })
          else { throw HubError("'\(id)' is no id of a rollout") }
          return TreeEntry(id + ".json", .file, try fleet.write(.blob, Self.wrap(bytes, id)))
        }
        root.append(
          TreeEntry(name: Self.rolloutsFolder, mode: .directory, id: try fleet.writeTree(files)))
      }
      let commit = Commit(
        tree: try fleet.writeTree(root), parents: [],
        author: HubIdentity.signature(seconds: now.seconds),
        message: CommitMessage.make(subject: "observed at \(now.rfc3339)"))
      let id = try fleet.write(.commit, commit.content)
      guard id != old else { return false }
      // Before the ref moves: a name too many is passed over, one that is missing stays for ever.
      try SupersededObjects.add(old, replacedBy: id, in: fleet, hub, now: now)
      try fleet.updateReference(
        HubLayout.Ref.observed, to: id, expecting: old ?? .zero, message: "observed")
      return true
    }
  }

  /// The file of a rollout's memory says what it is: so it can never be the same object as a file of the
  /// state, and may be removed when it is replaced.
  private static func wrap(_ bytes: [UInt8], _ id: String) -> [UInt8] {
    head(id) + bytes + tail
  }

  private static let tail = Array("}\n".utf8)
  private static func head(_ id: String) -> [UInt8] {
    Array(#"{"observed":"#.utf8) + JSONWriter.compact(.string(id)) + Array(#","memory":"#.utf8)
  }

  /// What is remembered of a rollout, out of the file `rollouts/ID.json` of the digest; nil for a file of another form.
  package static func unwrap(_ file: [UInt8], _ id: String) -> [UInt8]? {
    let head = head(id)
    guard file.count >= head.count + tail.count, file.starts(with: head),
      file.suffix(tail.count).elementsEqual(tail)
    else { return nil }
    return Array(file[head.count..<(file.count - tail.count)])
  }

  private static func bytes(_ part: StatusDigest.Part) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(part.lines.count * 512)
    for line in part.lines { line.append(to: &bytes) }
    return bytes
  }

  private func summary(
    _ digest: StatusDigest, _ states: [BundleState: Int], _ now: Timestamp
  ) -> [UInt8] {
    JSONWriter.pretty(
      .object([
        "format": .integer(Self.format), "time": .string(now.rfc3339),
        "reported": .integer(Int64(digest.count)),
        "states": .object(
          BundleState.allCases.compactMap { state in
            states[state].map { JSONMember(state.rawValue, .integer(Int64($0))) }
          }),
      ]))
  }
}
