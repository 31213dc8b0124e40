// SPDX-License-Identifier: Apache-2.0

/// The parts of an image reference: `REGISTRY[:PORT]/PATH[:TAG][@DIGEST]`.
///
/// The grammar and the defaults are those of `distribution/reference`, by which container runtimes read
/// them: `nginx` is `docker.io/library/nginx`.
package struct ImageReference: Sendable, Hashable {
  /// The registry, with its port; `docker.io` where none is written.
  package let registry: String
  /// The components of the path, at least one.
  package let path: [String]
  /// `:TAG`, `@DIGEST` or both as they are written, or nothing.
  package let suffix: String

  /// Registry and path, with defaults filled in.
  package var repository: [String] { [registry] + path }

  /// Reads a reference; nil for what a container runtime would refuse.
  package init?(_ text: String) {
    let digestStart = text.utf8.firstIndex(of: UInt8(ascii: "@")) ?? text.endIndex
    let named = text[..<digestStart]
    let lastSlash = named.utf8.lastIndex(of: UInt8(ascii: "/")) ?? named.startIndex
    let tagStart = named[lastSlash...].utf8.firstIndex(of: UInt8(ascii: ":")) ?? named.endIndex
    let suffix = text[tagStart...]
    guard Self.isSuffix(suffix), let repository = Self.repository(named[..<tagStart]) else {
      return nil
    }
    registry = repository.registry
    path = repository.path
    self.suffix = String(suffix)
  }

  /// Reads what an image reference begins with: a registry, or a registry and a path; nil when it can
  /// begin none. A last `/` is left out.
  static func prefix(_ text: String) -> [String]? {
    let name = text.hasSuffix("/") ? text.dropLast() : text[...]
    if !name.utf8.contains(UInt8(ascii: "/")), isRegistry(name) {
      return isRegistryName(name) ? [canonical(name)] : nil
    }
    guard let repository = repository(name) else { return nil }
    // `docker.io/acme` is where the images of an organisation begin, and no image itself.
    let isWritten = name.split(separator: "/").first.map(isRegistry) ?? false
    let path =
      isWritten && repository.path.first == "library"
      ? name.split(separator: "/").dropFirst().map(String.init) : repository.path
    return [repository.registry] + path
  }

  private static func repository(_ name: Substring) -> (registry: String, path: [String])? {
    var parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard let first = parts.first else { return nil }
    var registry = "docker.io"
    if parts.count > 1, isRegistry(first) {
      guard isRegistryName(first) else { return nil }
      registry = canonical(first)
      parts.removeFirst()
    }
    guard parts.allSatisfy(isComponent) else { return nil }
    if registry == "docker.io", parts.count == 1 { parts.insert("library", at: 0) }
    return (registry, parts.map(String.init))
  }

  /// Whether the first component is a registry and not a part of the path: it has a dot, a port or an
  /// upper case letter, or is `localhost`.
  private static func isRegistry(_ word: Substring) -> Bool {
    word == "localhost"
      || word.utf8.contains { $0 == 0x2e || $0 == 0x3a || (0x41...0x5a).contains($0) }
  }

  private static func canonical(_ registry: Substring) -> String {
    registry == "index.docker.io" ? "docker.io" : String(registry)
  }

  private static func isRegistryName(_ word: Substring) -> Bool {
    var host = word
    // An IPv6 address stands in brackets; its colons are no port.
    if word.hasPrefix("[") {
      guard let end = word.firstIndex(of: "]") else { return false }
      let address = word[word.index(after: word.startIndex)..<end]
      let rest = word[word.index(after: end)...]
      return !address.isEmpty
        && address.utf8.allSatisfy { isHexDigit($0) || $0 == 0x3a }
        && (rest.isEmpty || isPort(rest))
    }
    if let colon = word.firstIndex(of: ":") {
      guard isPort(word[colon...]) else { return false }
      host = word[..<colon]
    }
    return host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
      !label.isEmpty && label.first != "-" && label.last != "-"
        && label.utf8.allSatisfy { $0 == 0x2d || ($0 != 0x5f && isWord($0)) }
    }
  }

  private static func isPort(_ text: Substring) -> Bool {
    text.hasPrefix(":") && text.utf8.count > 1 && text.utf8.dropFirst().allSatisfy(isDigit)
  }

  /// Lower case letters and digits, with `.`, `_`, `__` or dashes between them.
  private static func isComponent(_ word: Substring) -> Bool {
    guard let first = word.utf8.first, let last = word.utf8.last, isLetterOrDigit(first),
      isLetterOrDigit(last)
    else { return false }
    var run: [UInt8] = []
    for byte in word.utf8 {
      if isLetterOrDigit(byte) {
        run = []
        continue
      }
      run.append(byte)
      let isDashes = run.allSatisfy { $0 == 0x2d }
      guard isDashes || run == [0x2e] || run == [0x5f] || run == [0x5f, 0x5f] else { return false }
    }
    return true
  }

  private static func isSuffix(_ suffix: Substring) -> Bool {
    var rest = suffix
    if rest.hasPrefix(":") {
      let tag = rest.dropFirst().prefix { $0 != "@" }
      guard let first = tag.utf8.first, tag.utf8.count <= 128, isWord(first),
        tag.utf8.allSatisfy({ isWord($0) || $0 == 0x2e || $0 == 0x2d })
      else { return false }
      rest = rest.dropFirst(tag.count + 1)
    }
    if rest.isEmpty { return true }
    let parts = rest.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
    return rest.hasPrefix("@") && parts.count == 2 && !parts[0].isEmpty
      && parts[1].utf8.count >= 32 && parts[1].utf8.allSatisfy(isHexDigit)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x61...0x7a).contains(byte)
  }
  private static func isHexDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x61...0x66).contains(byte | 0x20)
  }
  private static func isWord(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || (0x41...0x5a).contains(byte) || byte == 0x5f
  }
}
