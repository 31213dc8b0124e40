// SPDX-License-Identifier: Apache-2.0

/// Go's functions of paths with `/`.
enum PathFunctions {
  private static let slash = UInt8(ascii: "/")
  private static let dot = UInt8(ascii: ".")

  static func base(_ path: GoString) -> GoString {
    if path.isEmpty { return [dot] }
    var rest = path[...]
    while rest.last == slash { rest.removeLast() }
    if let cut = rest.lastIndex(of: slash) { rest = rest[(cut + 1)...] }
    return rest.isEmpty ? [slash] : Array(rest)
  }

  static func dir(_ path: GoString) -> GoString {
    clean(Array(path.prefix((path.lastIndex(of: slash) ?? -1) + 1)))
  }

  static func ext(_ path: GoString) -> GoString {
    let name = path.suffix(from: (path.lastIndex(of: slash) ?? -1) + 1)
    return name.lastIndex(of: dot).map { Array(name[$0...]) } ?? []
  }

  static func clean(_ path: GoString) -> GoString {
    let isRooted = path.first == slash
    var parts: [GoString] = []
    for part in path.split(separator: slash).map({ Array($0) }) where part != [dot] {
      if part != [dot, dot] {
        parts.append(part)
      } else if let last = parts.last, last != [dot, dot] {
        parts.removeLast()
      } else if !isRooted {
        parts.append(part)
      }
    }
    let text = Array(parts.joined(separator: [slash]))
    if isRooted { return [slash] + text }
    return text.isEmpty ? [dot] : text
  }
}
