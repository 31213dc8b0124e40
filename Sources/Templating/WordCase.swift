// SPDX-License-Identifier: Apache-2.0

/// `camelcase`, `snakecase` and `kebabcase` with the word boundaries of the library that Sprig uses.
enum WordCase {
  private enum Kind { case number, upper, letters, connector, mark, other, none }

  private static func isConnector(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "-" || scalar == "_" || scalar.properties.isWhitespace
  }

  /// Letters after a connector become large and the connector goes away; other letters stay.
  static func camel(_ text: GoString) -> GoString {
    let scalars = Scalars.of(text)
    let lead = scalars.prefix(while: isConnector)
    guard let first = scalars.dropFirst(lead.count).first else { return text }
    var result = Array(lead)
    var before = Scalars.upper(first)
    for scalar in scalars.dropFirst(lead.count + 1) {
      switch (isConnector(scalar), isConnector(before)) {
      case (true, true):
        result.append(before)
        before = scalar
      case (false, true): before = Scalars.upper(scalar)
      default:
        result.append(before)
        before = scalar
      }
    }
    return Scalars.bytes(result + [before])
  }

  private static func kind(_ scalar: Unicode.Scalar) -> Kind {
    if isConnector(scalar) { return .connector }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter: return .upper
    case .decimalNumber, .letterNumber, .otherNumber: return .number
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      return .mark
    case .lowercaseLetter, .titlecaseLetter, .otherLetter, .modifierLetter: return .letters
    default: return .other
    }
  }

  /// The text in words: `HTTPServer` is `HTTP` and `Server`.
  private static func words(_ scalars: [Unicode.Scalar]) -> [(
    kind: Kind, text: ArraySlice<Unicode.Scalar>
  )] {
    var result: [(kind: Kind, text: ArraySlice<Unicode.Scalar>)] = []
    let kinds = scalars.map { kind($0) }
    var at = 0
    while at < scalars.count {
      var end = at + 1
      func extend(_ wanted: Kind) { while end < kinds.count, kinds[end] == wanted { end += 1 } }
      if kinds[at] == .upper, end < kinds.count, kinds[end] == .letters {
        extend(.letters)
      } else {
        extend(kinds[at])
        if kinds[at] == .upper, end < kinds.count, end - at > 1, kinds[end] == .letters { end -= 1 }
      }
      result.append((kinds[at], scalars[at..<end]))
      at = end
    }
    return result
  }

  /// Small letters with a connector between the words.
  static func joined(_ text: GoString, by connector: UInt8) -> GoString {
    let words = words(Scalars.of(text))
    let joint = Unicode.Scalar(connector)
    var result: [Unicode.Scalar] = []
    var at = 0
    func kind() -> Kind { at < words.count ? words[at].kind : .none }
    func emit(_ index: Int) {
      guard words.indices.contains(index) else { return }
      result += words[index].text.map { isConnector($0) ? joint : Scalars.lower($0) }
    }
    func join() {
      if kind() != .none, kind() != .mark, kind() != .connector { result.append(joint) }
    }
    func emitNumber() {
      while kind() == .letters || kind() == .number {
        emit(at)
        at += 1
      }
      join()
    }
    while at + 1 < words.count {
      let previous = words[at].kind
      emit(at)
      at += 1
      switch previous {
      case .number: emitNumber()
      case .connector, .mark: break
      default:
        if kind() != .number {
          join()
        } else if at + 1 < words.count {
          at += 1
          if kind() == .letters {
            // A number with small letters behind it is a word: `http_2xx`.
            result.append(joint)
            emit(at - 1)
            emitNumber()
          } else {
            emit(at - 1)
            join()
          }
        }
      }
    }
    emit(at)
    return Scalars.bytes(result)
  }
}
