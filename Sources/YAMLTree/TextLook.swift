// SPDX-License-Identifier: Apache-2.0

/// What decides how a text can be written.
struct TextLook {
  /// Whether the text can stand as it is, and every reader takes it for a text.
  private(set) var isPlain = false
  /// Whether the text can be written as a `|` block.
  private(set) var fitsBlock = false
  /// Whether all characters may stand in a file, on one line.
  private(set) var isPrintableLine = true
  /// Whether there is something that double quotes would have to escape.
  private(set) var hasQuoteOrBackslash = false

  /// Looks at a text once.
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    var isPrintable = true
    var hasBreak = false
    var hasTab = false
    var hasBlankLine = false
    var hasMark = false
    var lineHasContent = false
    var lineIsEmpty = true
    var previous: UInt8 = 0
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      var width = 1
      switch byte {
      case 0x0a:
        hasBreak = true
        if !lineIsEmpty, !lineHasContent { hasBlankLine = true }
        lineIsEmpty = true
        lineHasContent = false
        previous = byte
        index += 1
        continue
      case 0x09: hasTab = true
      case 0x20: break
      case UInt8(ascii: ":"):
        if index + 1 == bytes.count || SourceLines.isSpace(bytes[index + 1]) { hasMark = true }
        lineHasContent = true
      case UInt8(ascii: "#"):
        if SourceLines.isSpace(previous) { hasMark = true }
        lineHasContent = true
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        hasQuoteOrBackslash = true
        lineHasContent = true
      case 0x21..<0x7f: lineHasContent = true
      case 0..<0x20, 0x7f: isPrintable = false
      default:
        lineHasContent = true
        if let (value, length) = TextScan.decode(bytes, at: index) {
          width = length
          isPrintable = isPrintable && Self.mayStand(value)
        } else {
          isPrintable = false
        }
      }
      lineIsEmpty = false
      previous = byte
      index += width
    }
    if !lineIsEmpty, !lineHasContent { hasBlankLine = true }
    isPrintableLine = isPrintable && !hasBreak && !hasTab
    let isOnlyBreaks = bytes.allSatisfy { $0 == 0x0a }
    fitsBlock = isPrintable && hasBreak && !hasBlankLine && !isOnlyBreaks
    isPlain = isPrintableLine && !hasMark && Self.readsAsText(bytes)
  }

  /// Characters that libyaml takes, without those that some reader takes for a line break or drops.
  private static func mayStand(_ value: UInt32) -> Bool {
    switch value {
    case 0x80..<0xa0, 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff: false
    default: true
    }
  }

  /// Whether a line without `: ` and ` #` is read as a text when it stands without quotes.
  private static func readsAsText(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = bytes.first, let last = bytes.last else { return false }
    if first == 0x20 || last == 0x20 { return false }
    switch first {
    case UInt8(ascii: "-"):
      if bytes.count == 1 || bytes[1] == 0x20 || bytes.starts(with: "---".utf8) { return false }
    case UInt8(ascii: "."):
      if bytes.starts(with: "...".utf8) { return false }
    case UInt8(ascii: "?"), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "["),
      UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "#"),
      UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"), UInt8(ascii: "|"),
      UInt8(ascii: ">"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "%"),
      UInt8(ascii: "@"), UInt8(ascii: "`"), UInt8(ascii: "="):
      return false
    case UInt8(ascii: "<"):
      if bytes.starts(with: "<<".utf8) { return false }
    default: break
    }
    if ScalarResolver.resolve(bytes) != .string { return false }
    return !ScalarResolver.isNumberElsewhere(bytes)
  }
}
