// SPDX-License-Identifier: Apache-2.0

/// The `.helmignore` of a chart, read as helm 3 reads it.
///
/// Helm applies it to a folder, and not to the archives in it. Once an archive is unpacked the two can
/// no longer be told apart, so it is done here. It is not Git's language: a rule that begins with `!`
/// leaves out everything that it does not match, and nothing takes that back.
struct HelmIgnore: Sendable {
  private struct Rule {
    var pattern: [UInt8]
    var isNegated = false
    var wantsFolder = false
    /// Whether the whole path is matched, not the last name alone.
    var matchesPath = false
  }

  private var rules: [Rule] = []

  /// Reads a file; nil for a chart without one.
  init(_ bytes: [UInt8]?) {
    for line in (bytes ?? []).split(separator: 0x0a) { add(line) }
    add(Array("templates/.?*".utf8)[...])
  }

  private mutating func add(_ line: ArraySlice<UInt8>) {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
    var text = Array(line.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    if text.starts(with: [0xef, 0xbb, 0xbf]) { text.removeFirst(3) }
    guard let first = text.first, first != UInt8(ascii: "#") else { return }
    var rule = Rule(pattern: [])
    if first == UInt8(ascii: "!") {
      rule.isNegated = true
      text.removeFirst()
    }
    if text.last == UInt8(ascii: "/") {
      rule.wantsFolder = true
      text.removeLast()
    }
    rule.matchesPath = text.contains(UInt8(ascii: "/"))
    if text.first == UInt8(ascii: "/") { text.removeFirst() }
    rule.pattern = text
    rules.append(rule)
  }

  /// Whether helm does not see a file: the file, or a folder above it, is left out.
  func ignores(_ path: String) -> Bool {
    let bytes = Array(path.utf8)
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "/") {
      if ignores(bytes[..<index], isFolder: true) { return true }
    }
    return ignores(bytes[...], isFolder: false)
  }

  private func ignores(_ path: ArraySlice<UInt8>, isFolder: Bool) -> Bool {
    let name = path.suffix(from: (path.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex - 1) + 1)
    for rule in rules {
      let fits =
        (isFolder || !rule.wantsFolder)
        && Self.match(rule.pattern[...], rule.matchesPath ? path : name)
      if fits != rule.isNegated { return true }
    }
    return false
  }

  /// Go's `filepath.Match`: `*` and `?` stay within a name, `[a-z]` and `[^a-z]` are sets.
  static func match(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
    var pattern = pattern
    var name = name
    // Where to go on when the last star has to take one more.
    var retry: (pattern: ArraySlice<UInt8>, name: ArraySlice<UInt8>)?
    while true {
      if pattern.first == UInt8(ascii: "*") {
        pattern.removeFirst()
        retry = (pattern, name)
        continue
      }
      if pattern.isEmpty, name.isEmpty { return true }
      if let (restPattern, restName) = step(pattern, name) {
        pattern = restPattern
        name = restName
        continue
      }
      guard let (oldPattern, oldName) = retry, let skipped = oldName.first,
        skipped != UInt8(ascii: "/")
      else { return false }
      pattern = oldPattern
      name = oldName.dropFirst()
      retry = (pattern, name)
    }
  }

  /// What is left after one character of both; nil when they differ.
  private static func step(
    _ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>
  ) -> (ArraySlice<UInt8>, ArraySlice<UInt8>)? {
    guard let first = pattern.first, let byte = name.first else { return nil }
    switch first {
    case UInt8(ascii: "?"):
      if byte == UInt8(ascii: "/") { return nil }
      // One character, which may have several bytes.
      return (pattern.dropFirst(), name.dropFirst().drop { $0 & 0xc0 == 0x80 })
    case UInt8(ascii: "["):
      var rest = pattern.dropFirst()
      let isNegated = rest.first == UInt8(ascii: "^")
      if isNegated { rest.removeFirst() }
      var isIn = false
      var isFirst = true
      while let low = rest.first, isFirst || low != UInt8(ascii: "]") {
        isFirst = false
        rest.removeFirst()
        var high = low
        if rest.first == UInt8(ascii: "-"), let end = rest.dropFirst().first {
          high = end
          rest.removeFirst(2)
        }
        if low <= byte, byte <= high { isIn = true }
      }
      guard isIn != isNegated, byte != UInt8(ascii: "/") else { return nil }
      return (rest.dropFirst(), name.dropFirst())
    case UInt8(ascii: "\\"):
      guard let literal = pattern.dropFirst().first, literal == byte else { return nil }
      return (pattern.dropFirst(2), name.dropFirst())
    default:
      return first == byte ? (pattern.dropFirst(), name.dropFirst()) : nil
    }
  }
}
