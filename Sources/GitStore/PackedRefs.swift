// SPDX-License-Identifier: Apache-2.0

package import GitObjects

/// The refs in a repository's `packed-refs`, read without libgit2, which would cost 5 ms to start.
///
/// A loose ref of the same name has precedence in Git and is not seen here. Where one program
/// writes all refs of a kind by `update`, there are none.
package struct PackedRefs: Sendable {
  /// Where one ref stands in the bytes.
  struct Record {
    let start: Int
    let nameEnd: Int
    /// Behind the newline of the line, or of its `^` line.
    let end: Int

    var nameStart: Int { start + 41 }
  }

  let bytes: [UInt8]
  private(set) var records: [Record] = []
  /// The words of the first line: what is known of all records.
  private(set) var traits: [String]

  /// Reads the file; a repository without one has no packed refs.
  ///
  /// - Parameter gitDirectory: a bare repository, or the `.git` of a work tree.
  package static func read(gitDirectory: String) throws(GitError) -> PackedRefs {
    let path = "\(gitDirectory)/packed-refs"
    return try PackedRefs(try StoreFile.read(path)?.bytes ?? [], path: path)
  }

  init(_ bytes: [UInt8], path: String) throws(GitError) {
    self.bytes = bytes
    // Of a file that is not there everything is known.
    traits = bytes.isEmpty ? ["peeled", "fully-peeled"] : []
    var isSorted = true
    var position = 0
    var line = 0
    while position < bytes.count {
      line += 1
      guard let end = bytes[position...].firstIndex(of: 0x0a) else {
        throw Self.malformed(path, line)
      }
      switch bytes[position] {
      case UInt8(ascii: "#"):
        let text = String(decoding: bytes[position..<end], as: UTF8.self)
        if line == 1, text.hasPrefix("# pack-refs with:") {
          traits = text.utf8.dropFirst(17).split(separator: 0x20).map { String($0) ?? "" }
        }
      case UInt8(ascii: "^"):
        guard let last = records.popLast(), last.end == position, end == position + 41 else {
          throw Self.malformed(path, line)
        }
        records.append(Record(start: last.start, nameEnd: last.nameEnd, end: end + 1))
      default:
        // A broken id must be an error here: later it would look like a ref that is not there.
        guard end > position + 41, bytes[position + 40] == 0x20,
          bytes[position..<(position + 40)].allSatisfy({ Self.digit($0) != nil })
        else {
          throw Self.malformed(path, line)
        }
        let record = Record(start: position, nameEnd: end, end: end + 1)
        if let last = records.last, !precedes(last, record) { isSorted = false }
        records.append(record)
      }
      position = end + 1
    }
    // Git before 2.17 and other programs wrote them in any order.
    if !isSorted { records.sort(by: precedes) }
  }

  /// How many there are.
  package var count: Int { records.count }

  /// The object that a ref names; nil when it is not there.
  package subscript(_ name: String) -> ObjectID? {
    let wanted = Array(name.utf8)
    let index = firstIndex { $0.lexicographicallyPrecedes(wanted) }
    guard index < records.count, self.name(records[index]).elementsEqual(wanted) else {
      return nil
    }
    return id(records[index])
  }

  /// All refs whose names begin like this, sorted by the bytes of their names.
  package func references(prefix: String) -> [Reference] {
    let wanted = Array(prefix.utf8)
    var found: [Reference] = []
    for record in records[firstIndex(where: { $0.lexicographicallyPrecedes(wanted) })...] {
      guard name(record).starts(with: wanted) else { break }
      guard let id = id(record) else { continue }
      found.append(Reference(name: String(decoding: name(record), as: UTF8.self), id: id))
    }
    return found
  }

  func name(_ record: Record) -> ArraySlice<UInt8> { bytes[record.nameStart..<record.nameEnd] }

  func id(_ record: Record) -> ObjectID? {
    // Not by a String: there are 100,000 of them.
    var value = [UInt8](repeating: 0, count: 20)
    for index in 0..<20 {
      guard let high = Self.digit(bytes[record.start + 2 * index]),
        let low = Self.digit(bytes[record.start + 2 * index + 1])
      else { return nil }
      value[index] = high << 4 | low
    }
    return ObjectID(bytes: value)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  private func precedes(_ left: Record, _ right: Record) -> Bool {
    name(left).lexicographicallyPrecedes(name(right))
  }

  /// The first record of which the condition is false; it is true for all before.
  private func firstIndex(where isBefore: (ArraySlice<UInt8>) -> Bool) -> Int {
    var low = 0
    var high = records.count
    while low < high {
      let middle = (low + high) / 2
      if isBefore(name(records[middle])) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func malformed(_ path: String, _ line: Int) -> GitError {
    GitError(
      .corrupt, operation: "read", subject: path, message: "line \(line) is not that of a ref")
  }
}
