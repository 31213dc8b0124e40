// SPDX-License-Identifier: Apache-2.0

import JSONTree

/// What kubectl prints, made sense of.
enum KubectlOutput {
  /// The objects of `-o json`: one object, or the items of a list; nothing printed is no object.
  static func objects(_ json: JSONValue?) -> [JSONValue] {
    guard let json else { return [] }
    if json["kind"]?.string == "List", let items = json["items"]?.items { return items }
    return json.members == nil ? [] : [json]
  }

  /// `deployment.apps/web` of every line like `deployment.apps/web serverside-applied`.
  static func names(_ output: String) -> [String] {
    output.split(separator: "\n").compactMap { line in
      line.split(separator: " ").first.map(String.init)
    }
  }

  /// Whether errors say that the API server does not answer.
  ///
  /// Told by whole phrases of kubectl's own: a webhook of one object that refuses connections must not stop
  /// the others.
  static func saysUnreachable(_ errors: String) -> Bool {
    errors.split(separator: "\n").contains { line in
      line.hasPrefix("The connection to the server ")
        || line.hasPrefix("Unable to connect to the server")
        || line.contains("failed to download openapi: Get ")
    }
  }

  /// Whether there are errors among what kubectl complains of.
  static func saysError(_ errors: String) -> Bool {
    errors.split(separator: "\n").contains { line in
      line.hasPrefix("Error from server") || line.hasPrefix("error: ")
        || line.hasPrefix("The ") && line.contains(" is invalid: ")
    }
  }

  /// Whether errors say nothing but that a kind or an object is not there.
  static func saysNothingThere(_ errors: String) -> Bool {
    errors.split(separator: "\n").filter { !isNoise($0) }.allSatisfy { line in
      line.contains("no matches for kind ") || line.hasPrefix("Error from server (NotFound)")
        || line.hasPrefix("ensure CRDs are installed first")
    }
  }

  /// The namespaces that errors say are missing, in the order of their first mention.
  static func missingNamespaces(_ errors: String) -> [String] {
    var found: [String] = []
    for line in errors.split(separator: "\n") {
      let words = line.split(separator: "\"", omittingEmptySubsequences: false)
      guard words.count >= 3, words[0].hasSuffix("namespaces "), words[2].hasPrefix(" not found")
      else { continue }
      let name = String(words[1])
      if !found.contains(name) { found.append(name) }
    }
    return found
  }

  /// The errors of one object's call as one sentence for people.
  ///
  /// kubectl's own wrapping goes: `Error from server (Invalid): `, the path of our scratch file, the
  /// advice to switch its checks off.
  static func reason(_ errors: String, file: String) -> String {
    var lines: [String] = []
    for line in errors.split(separator: "\n") where !isNoise(line) {
      var text = line[...]
      if text.hasPrefix("Error from server"), let end = text.firstRange(of: ": ") {
        text = text[end.upperBound...]
      }
      for prefix in [
        "error: ", "error validating \"\(file)\": ", "error validating data: ",
        "unable to decode \"\(file)\": ", "resource mapping not found for name: ",
        "error parsing \(file): ",
      ] where text.hasPrefix(prefix) {
        if prefix.hasPrefix("resource mapping") {
          guard let end = text.firstRange(of: "from \"\(file)\": ") else { continue }
          text = text[end.upperBound...]
        } else {
          text = text.dropFirst(prefix.count)
        }
      }
      if let end = text.firstRange(of: "; if you choose to ignore these errors") {
        text = text[..<end.lowerBound]
      }
      if !text.isEmpty { lines.append(String(text)) }
    }
    return lines.isEmpty
      ? "kubectl failed without a word" : shortened(lines.joined(separator: "; "))
  }

  /// A sentence for people of bounded length: servers list every field of a schema.
  static func shortened(_ text: String, limit: Int = 600) -> String {
    guard text.utf8.count > limit else { return text }
    var bytes = text.utf8.prefix(limit)
    while let last = bytes.last, last & 0xc0 == 0x80 { bytes.removeLast() }
    if let last = bytes.last, last & 0x80 != 0 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self) + "…"
  }

  /// A warning of the server, or a line of kubectl's own log: a letter, month and day, as `E1121`.
  private static func isNoise(_ line: Substring) -> Bool {
    if line.hasPrefix("Warning: ") { return true }
    let head = Array(line.utf8.prefix(6))
    guard head.count == 6, head[5] == UInt8(ascii: " ") else { return false }
    return "EWIF".utf8.contains(head[0])
      && head[1...4].allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}
