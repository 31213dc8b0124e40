// SPDX-License-Identifier: Apache-2.0

/// The three objects of a status as `git cat-file --batch` prints them: commit, tree, `status.json`.
enum StatusObjects {
  private struct Object {
    let type: String
    let content: ArraySlice<UInt8>
  }

  /// What git is asked for.
  static func questions(_ commit: String) -> [UInt8] {
    Array("\(commit)\n\(commit)^{tree}\n\(commit):status.json\n".utf8)
  }

  /// More than an honest status needs: a push that makes git print more is refused before it is read.
  static let outputLimit = StatusPush.statusLimit + (64 << 10)

  /// Refuses objects that are no status.
  static func check(_ output: [UInt8]) throws(StatusPush.Refusal) {
    var rest = output[...]
    guard let commit = next(&rest), commit.type == "commit" else {
      throw StatusPush.Refusal("a status is a commit")
    }
    try checkCommit(commit.content)
    let onlyStatus = StatusPush.Refusal("a status holds the file 'status.json' and nothing else")
    guard let tree = next(&rest), tree.type == "tree", isTree(tree.content) else {
      throw onlyStatus
    }
    guard let blob = next(&rest), blob.type == "blob" else { throw onlyStatus }
    guard blob.content.count <= StatusPush.statusLimit else { throw tooLarge }
    try checkDocument(blob.content)
  }

  static let tooLarge = StatusPush.Refusal("the status has more than 1 MiB")

  private static func checkCommit(_ content: ArraySlice<UInt8>) throws(StatusPush.Refusal) {
    // Git's own check (receive.fsckObjects) may be off: the header is `tree`, then the parents.
    let lines = content.split(separator: UInt8(ascii: "\n"), maxSplits: 2)
    guard lines.count == 3, lines[0].starts(with: "tree ".utf8) else {
      throw StatusPush.Refusal("a status is a commit")
    }
    guard lines[1].starts(with: "author ".utf8) else {
      throw StatusPush.Refusal("a status has no parent commit")
    }
  }

  /// One entry, a plain file of this name: with the id's bytes that is the whole tree.
  private static func isTree(_ content: ArraySlice<UInt8>) -> Bool {
    let entry = Array("100644 status.json\0".utf8)
    return content.starts(with: entry)
      && (content.count == entry.count + 20 || content.count == entry.count + 32)
  }

  /// A text that begins and ends as an object of JSON; what is in it the hub judges when it reads it.
  private static func checkDocument(_ content: ArraySlice<UInt8>) throws(StatusPush.Refusal) {
    let last = content.last { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: " ") }
    guard content.first == UInt8(ascii: "{"), last == UInt8(ascii: "}"),
      String(validating: content, as: UTF8.self) != nil
    else { throw StatusPush.Refusal("'status.json' is no JSON object") }
  }

  /// `ID TYPE SIZE`, the content, a newline; nil for `NAME missing` and everything else.
  private static func next(_ rest: inout ArraySlice<UInt8>) -> Object? {
    guard let newline = rest.firstIndex(of: UInt8(ascii: "\n")),
      let head = String(validating: rest[..<newline], as: UTF8.self)
    else { return nil }
    let words = head.split(separator: " ")
    let content = rest[(newline + 1)...]
    guard words.count == 3, let size = Int(words[2]), size >= 0, content.count > size else {
      return nil
    }
    rest = content.dropFirst(size + 1)
    return Object(type: String(words[1]), content: content.prefix(size))
  }
}
