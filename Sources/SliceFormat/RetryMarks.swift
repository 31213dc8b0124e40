// SPDX-License-Identifier: Apache-2.0

/// Which bundles of a slice a person has ordered to be tried again (`kubectl fleet rollout retry`), and with which
/// release: a site that went back by itself before, and has heard of nothing in between, tries them again.
package struct RetryMarks: Sendable, Hashable {
  /// When the order was carried out.
  package struct Mark: Sendable, Hashable, Comparable {
    /// The hub's epoch.
    package let epoch: Int
    /// The number of the state commit.
    package let release: Int

    /// Makes a mark.
    package init(epoch: Int, release: Int) {
      self.epoch = epoch
      self.release = release
    }

    package static func < (left: Mark, right: Mark) -> Bool {
      (left.epoch, left.release) < (right.epoch, right.release)
    }
  }

  /// The name of the trailer of a slice commit: `Retry: pos 1.17, web 1.19`.
  package static let trailer = "Retry"

  /// The marks, by bundle.
  package let marks: [String: Mark]

  /// Makes marks.
  package init(_ marks: [String: Mark] = [:]) { self.marks = marks }

  /// Reads a trailer; what cannot be understood says nothing.
  package init(trailer: String?) {
    var marks: [String: Mark] = [:]
    for item in (trailer ?? "").split(separator: ",") {
      let words = item.split(separator: " ")
      guard words.count == 2 else { continue }
      let numbers = words[1].split(separator: ".", omittingEmptySubsequences: false)
        .compactMap { Int($0) }
      guard numbers.count == 2, numbers.allSatisfy({ $0 > 0 }) else { continue }
      marks[String(words[0])] = Mark(epoch: numbers[0], release: numbers[1])
    }
    self.marks = marks
  }

  /// Whether what was refused of a bundle with a release may be tried again.
  package func letsGo(_ bundle: String, refusedWith mark: Mark) -> Bool {
    marks[bundle].map { mark < $0 } ?? false
  }

  /// The line of the message with its newline; empty without marks.
  var line: String {
    if marks.isEmpty { return "" }
    let items = marks.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { "\($0.key) \($0.value.epoch).\($0.value.release)" }
    return "\(Self.trailer): \(items.joined(separator: ", "))\n"
  }
}
