// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Posix

/// What the command line says of hubs, mirrors and sticks.
struct NetworkWords: Sendable, Hashable {
  /// Every `--hub`, in its order.
  var hubs: [String] = []
  /// `--now`
  var asksNow = false
  private let isImport: Bool
  private var file: String?

  /// Takes the word `import` from the front of the words.
  init(_ words: inout [String]) {
    isImport = words.first == "import"
    if isImport { words.removeFirst() }
  }

  /// Takes a word that is no flag as the file to import; false when it is none.
  mutating func takes(_ word: String) -> Bool {
    guard isImport, file == nil, !word.isEmpty, word.utf8.first != UInt8(ascii: "-") else {
      return false
    }
    file = word
    return true
  }

  /// The hubs; none where a stick comes or where `none` is said.
  func addresses() throws(UsageError) -> [HubAddress] {
    if isImport {
      guard hubs.isEmpty else {
        throw UsageError("'--hub' has no meaning with 'import'")
      }
      return []
    }
    guard !hubs.isEmpty, hubs != [""] else {
      throw UsageError("'--hub URL' is missing", hint: "fleet-sync --help")
    }
    if hubs == ["none"] { return [] }
    var found: [HubAddress] = []
    for text in hubs {
      guard text != "none", let hub = HubAddress(text) else {
        throw UsageError("'\(PrintableText.escape(text))' is no place of a hub")
      }
      guard !found.contains(hub) else {
        throw UsageError("the hub '\(PrintableText.escape(hub.shown))' is given twice")
      }
      found.append(hub)
    }
    return found
  }

  /// The stick of `import`; nil for a usual run.
  func stick(statusFile: String?) throws(UsageError) -> Stick? {
    guard isImport else {
      if statusFile != nil {
        throw UsageError("'--status-to' has a meaning with 'import' only")
      }
      return nil
    }
    guard let file else {
      throw UsageError(
        "'import' needs a file", hint: "fleet-sync import FILE --cluster NAME --state DIR")
    }
    if statusFile == "" { throw UsageError("'--status-to' needs a value") }
    return Stick(file: Self.absolute(file), statusFile: statusFile.map(Self.absolute))
  }

  /// git would take a relative path with a colon as a host, and one with a dash as an option.
  private static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    return "\((try? Files.readLink("/proc/self/cwd")) ?? ".")/\(path)"
  }
}
