// SPDX-License-Identifier: Apache-2.0

import GitObjects
import SliceFormat

/// Where a slice stands in time: restores from backup raise the epoch, state commits the release.
struct SliceAge: Sendable, Hashable, Comparable {
  let epoch: Int64
  let release: Int64

  static func < (left: SliceAge, right: SliceAge) -> Bool {
    (left.epoch, left.release) < (right.epoch, right.release)
  }
}

/// The commit that a slice's ref names: its tree, and what its trailers say.
struct SliceCommit: Sendable, Hashable {
  /// The newest format that is understood.
  static let format: Int64 = 1

  let tree: ObjectID
  let age: SliceAge
  /// The source commit that the slice was compiled from, as the hub wrote it.
  let source: String
  /// What the hub says about removals.
  let removals: RemovalWord
  /// What is to be tried again although it was refused here.
  let retries: RetryMarks

  /// Reads a commit object and holds it against the cluster's name.
  init(_ content: [UInt8], cluster: String) throws(SliceRefusal) {
    guard let text = String(validating: content, as: UTF8.self) else {
      throw .malformed("its commit is not text")
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.first, first.hasPrefix("tree "),
      let tree = ObjectID(hex: first.dropFirst(5))
    else { throw .malformed("its commit names no tree") }
    guard let blank = lines.firstIndex(of: "") else {
      throw .malformed("its commit has no message")
    }
    let trailers = Self.trailers(lines[(blank + 1)...])
    guard let format = trailers["Format"].flatMap({ Int64($0) }) else {
      throw .malformed("its commit has no 'Format:'")
    }
    guard format == Self.format else { throw .format(format, known: Self.format) }
    guard let owner = trailers["Cluster"] else {
      throw .malformed("its commit has no 'Cluster:'")
    }
    guard owner == cluster else { throw .otherCluster(owner) }
    guard let epoch = trailers["Epoch"].flatMap({ Int64($0) }),
      let release = trailers["Release"].flatMap({ Int64($0) })
    else { throw .malformed("its commit has no 'Epoch:' or no 'Release:'") }
    self.tree = tree
    self.age = SliceAge(epoch: epoch, release: release)
    source = trailers["Source"] ?? ""
    removals = RemovalWord { trailers[$0] }
    retries = RetryMarks(trailer: trailers[RetryMarks.trailer])
  }

  /// The `Key: value` lines of the message's last paragraph.
  private static func trailers(_ lines: ArraySlice<Substring>) -> [String: String] {
    var end = lines.endIndex
    while end > lines.startIndex, lines[end - 1].isEmpty { end -= 1 }
    var start = end
    while start > lines.startIndex, !lines[start - 1].isEmpty { start -= 1 }
    var found: [String: String] = [:]
    for line in lines[start..<end] {
      guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let value = line[line.utf8.index(after: colon)...].drop { $0 == " " }
      found[String(line[..<colon])] = String(value)
    }
    return found
  }
}

/// Why a slice that was fetched is not taken.
enum SliceRefusal: Error, Sendable, Hashable {
  /// The hub told another cluster's slice, or the site a wrong name.
  case otherCluster(String)
  /// Written by a newer hub: the number that came, the newest that is obeyed.
  case format(Int64, known: Int64)
  /// Older than what the site has: the one that came, the one that it has.
  case older(SliceAge, than: SliceAge)
  /// Not what a hub writes: what is wrong.
  case malformed(String)

  /// The sentence for the log and the status.
  var message: String {
    switch self {
    case .otherCluster(let name): "the slice that came is for cluster '\(name)'"
    case .format(let number, let known):
      "the slice has format \(number), this fleet-sync knows \(known)"
    case .older(let age, let known):
      "the slice that came is release \(age.release) of epoch \(age.epoch), older than"
        + " release \(known.release) of epoch \(known.epoch)"
    case .malformed(let what): "the slice cannot be read: \(what)"
    }
  }
}
