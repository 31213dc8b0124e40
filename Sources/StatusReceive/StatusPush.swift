// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// One push to `status.git`, held against what a cluster may do there: write the one commit that says how
/// it is, on the one ref that is its own.
struct StatusPush: Sendable, Hashable {
  /// Why a push is refused.
  struct Refusal: Error, Sendable, Hashable {
    /// The sentence for whoever pushes.
    let message: String

    init(_ message: String) { self.message = message }
  }

  /// Who pushes, as the serving side tells.
  enum Pusher: Sendable, Hashable {
    /// A path on this machine: its administrator.
    case administrator
    case cluster(String)
  }

  private static let prefix = "refs/status/"
  /// Bytes of a status; with a thousand bundles it has a tenth of it.
  static let statusLimit = 1 << 20

  /// The cluster whose status is written.
  let cluster: String
  /// The commit, as git wrote its id.
  let commit: String

  /// Who pushes, from the environment: FLEET_CLUSTER of an ssh forced command or a web server, or
  /// FLEET_PRINCIPAL. A variable that is there and names no cluster is nobody's, not an administrator's.
  static func pusher(
    cluster: String?, principal: String?
  ) throws(Refusal) -> Pusher {
    if let cluster {
      guard !cluster.isEmpty else { throw Refusal("nobody said which cluster pushes this status") }
      return .cluster(cluster)
    }
    guard let principal else { return .administrator }
    let prefix = "cluster:"
    guard principal.hasPrefix(prefix), principal.utf8.count > prefix.utf8.count else {
      throw Refusal("'\(PrintableText.escape(principal))' is no cluster and has no status")
    }
    return .cluster(String(principal.dropFirst(prefix.count)))
  }

  /// Reads the lines `old new ref` that git gives to a hook.
  init(_ input: [UInt8], from pusher: Pusher) throws(Refusal) {
    let lines = input.split(separator: UInt8(ascii: "\n"))
    guard let line = lines.first, lines.count == 1 else {
      throw Refusal("\(lines.count) refs in one push; a status is pushed alone")
    }
    let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
    guard words.count == 3, Self.isHex(words[0]), Self.isHex(words[1]) else {
      throw Refusal("git said '\(PrintableText.escape(bytes: line))'")
    }
    let ref = PrintableText.escape(bytes: words[2])
    guard ref.hasPrefix(Self.prefix), Self.isName(words[2].dropFirst(Self.prefix.utf8.count)) else {
      throw Refusal("'\(ref)' is no status of a cluster")
    }
    let name = String(ref.dropFirst(Self.prefix.count))
    if case .cluster(let own) = pusher, own != name {
      throw Refusal(
        "cluster '\(PrintableText.escape(own))' may not push the status of '\(name)'")
    }
    guard words[1].contains(where: { $0 != UInt8(ascii: "0") }) else {
      throw Refusal("the status of '\(name)' may not be deleted")
    }
    cluster = name
    commit = String(decoding: words[1], as: UTF8.self)
  }

  private static func isHex(_ word: ArraySlice<UInt8>) -> Bool {
    (word.count == 40 || word.count == 64)
      && word.allSatisfy { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      }
  }

  /// Git has checked the ref's form; what is left is that it is one name of small letters.
  private static func isName(_ name: ArraySlice<UInt8>) -> Bool {
    !name.isEmpty && name.count <= 253
      && name.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
      }
  }
}
