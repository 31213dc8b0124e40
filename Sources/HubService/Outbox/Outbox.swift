// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import JSONTree
package import NotifyFormat
package import Posix

/// The messages of a hub that were not delivered yet: `HUB/outbox/`, a file for each message and receiver.
///
/// Messages are put here under the hub's lock and delivered under a lock of its own, so that a receiver that hangs
/// delays no push and no rollout. What happened up to the cursor is here or was delivered; files of later state commits
/// are left alone, because whoever wrote them was killed before the cursor moved and will write the same names again.
package struct Outbox: Sendable {
  /// An event for the outbox.
  package struct Item: Sendable, Hashable {
    /// The number of the state commit that tells of it.
    package var release: Int
    /// Its number in that commit, from 0 on.
    package var number: Int
    /// The message; the settings are each receiver's.
    package var message: NotifyMessage

    /// Makes an item.
    package init(release: Int, number: Int, message: NotifyMessage) {
      self.release = release
      self.number = number
      self.message = message
    }
  }

  /// Up to where the state's history is in the outbox.
  package struct Cursor: Sendable, Hashable {
    /// The state commit.
    package var commit: String
    /// Its number.
    package var release: Int

    /// Makes a cursor.
    package init(commit: String, release: Int) {
      self.commit = commit
      self.release = release
    }
  }

  /// Days until a message is given up.
  package static let patienceDays: Int64 = 7
  /// Days until a message that was given up is forgotten.
  package static let deadDays: Int64 = 90
  /// The largest file that is read, in bytes.
  static let fileLimit = 1 << 20

  /// The folder.
  package let folder: String
  /// Where the hub has notification programs of its own, besides `FLEET_NOTIFY_PATH` and `PATH`.
  let programFolders: [String]

  /// The outbox of a hub, which need not exist yet.
  package init(hub: HubLayout) {
    folder = hub.outbox
    programFolders = [hub.notifiers]
  }

  var deadFolder: String { folder + "/dead" }
  var lockPath: String { folder + "/lock" }
  private var cursorPath: String { folder + "/cursor" }

  /// Up to where the history is in the outbox; nil when nothing ever was.
  package func cursor() throws(HubError) -> Cursor? {
    guard let bytes = try HubError.wrap({ try Files.readIfPresent(cursorPath, limit: 1 << 12) })
    else { return nil }
    guard let json = JSONParser.parse(bytes), let commit = json["commit"]?.string,
      let release = json["release"]?.integer, release >= 0
    else {
      throw HubError(
        "'\(cursorPath)' cannot be understood",
        hint: "remove it: messages about the past are not sent then")
    }
    return Cursor(commit: commit, release: Int(clamping: release))
  }

  /// Puts messages into the outbox for those who want them, and moves the cursor.
  ///
  /// The caller holds the hub's lock. Killed in between, it does the same again: names are the same, nothing is sent
  /// twice, and what stands at or before the cursor never comes back.
  ///
  /// - Parameters:
  ///   - items: the events of the state commits behind the cursor, in their order.
  ///   - receivers: those of the policy.
  ///   - cursor: the last of these commits.
  ///   - now: the hub's time.
  /// - Returns: how many files were written.
  @discardableResult
  package func enqueue(
    _ items: [Item], to receivers: [NotificationReceiver], upTo cursor: Cursor, now: Timestamp
  ) throws(HubError) -> Int {
    let last = try self.cursor()
    if last == cursor { return 0 }
    return try HubError.wrap {
      try Files.makeDirectories(folder)
      var written = 0
      for item in items where item.release > last?.release ?? -1 {
        for receiver in receivers
        where receiver.matches(
          kind: item.message.kind, bundles: item.message.bundles, severity: item.message.severity)
        {
          guard
            let name = OutboxName(
              release: item.release, number: item.number, id: item.message.id,
              receiver: receiver.name)
          else {
            throw HubError(
              "the event \(Wording.quoted(item.message.id)) cannot be told to "
                + Wording.quoted(receiver.name))
          }
          let path = "\(folder)/\(name.file)"
          if Files.exists(path) { continue }
          var message = item.message
          message.settings = receiver.settings
          let entry = OutboxEntry(
            name: name, program: receiver.program, message: message, since: now)
          try Files.writeAtomically(path, entry.bytes, mode: 0o640)
          written += 1
        }
      }
      let json = JSONValue.object([
        "commit": .string(cursor.commit), "release": .integer(Int64(cursor.release)),
      ])
      try Files.writeAtomically(cursorPath, JSONWriter.compact(json) + [0x0a])
      return written
    }
  }

  /// What waits to be delivered, in the order in which it happened; damaged files are left out.
  package func pending() throws(HubError) -> [OutboxEntry] {
    let limit = try cursor()?.release ?? -1
    return try list(folder).compactMap(\.entry).filter { $0.name.release <= limit }
  }

  /// What was given up, in the order in which it happened; damaged files have no entry.
  package func dead() throws(HubError) -> [(file: String, entry: OutboxEntry?)] {
    try list(deadFolder)
  }

  /// Puts a message that was given up back, to be tried at once for another seven days.
  ///
  /// - Returns: false when there is none, or when it is damaged.
  @discardableResult
  package func revive(_ file: String, now: Timestamp) throws(HubError) -> Bool {
    guard let name = OutboxName(file: file) else { return false }
    return try HubError.wrap {
      guard
        let bytes = try Files.readIfPresent("\(deadFolder)/\(name.file)", limit: Self.fileLimit),
        let old = OutboxEntry(name: name, bytes)
      else { return false }
      let entry = OutboxEntry(name: name, program: old.program, message: old.message, since: now)
      try Files.writeAtomically("\(folder)/\(name.file)", entry.bytes, mode: 0o640)
      try Files.remove("\(deadFolder)/\(name.file)")
      return true
    }
  }

  /// The files of a folder, in the order of their names, which is that of the events.
  func list(
    _ folder: String
  ) throws(HubError) -> [(file: String, entry: OutboxEntry?)] {
    try HubError.wrap {
      guard Files.isDirectory(folder) else { return [] }
      var found: [(file: String, entry: OutboxEntry?)] = []
      for file in try Files.entries(in: folder)
      where file.kind == .file && file.text.hasSuffix(".json") && !file.text.hasPrefix(".") {
        guard let name = OutboxName(file: file.text) else {
          found.append((file.text, nil))
          continue
        }
        let path = "\(folder)/\(file.text)"
        // Delivered, and gone, since the folder was listed.
        guard let attributes = try Files.attributes(path, followingLinks: false) else { continue }
        guard attributes.size <= Self.fileLimit else {
          found.append((file.text, nil))
          continue
        }
        guard let bytes = try Files.readIfPresent(path, limit: Self.fileLimit) else { continue }
        found.append((file.text, OutboxEntry(name: name, bytes)))
      }
      return found
    }
  }
}

extension HubLayout {
  /// The messages that were not delivered yet.
  package var outbox: String { root + "/outbox" }
  /// Programs that deliver messages.
  package var notifiers: String { root + "/notifiers" }
}
