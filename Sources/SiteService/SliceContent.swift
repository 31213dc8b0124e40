// SPDX-License-Identifier: Apache-2.0

import GitObjects
import JSONTree
import Reconciling
import SliceFormat

/// What a slice's tree says.
enum SliceContent: Sendable, Hashable {
  /// The bundles that the cluster runs.
  case bundles(DesiredSlice)
  /// The cluster was taken out of the fleet.
  case tombstone(Tombstone)

  /// What happens to the objects of a cluster that was taken out.
  enum Tombstone: String, Sendable, Hashable {
    case keep, remove
  }

  /// What is to be tried again; nothing of a cluster that was taken out.
  var retries: RetryMarks {
    get {
      guard case .bundles(let slice) = self else { return RetryMarks() }
      return slice.retries
    }
    set {
      guard case .bundles(var slice) = self else { return }
      slice.retries = newValue
      self = .bundles(slice)
    }
  }
}

/// A line of a recursive listing of a slice's tree.
struct SliceEntry: Sendable, Hashable {
  let path: [Substring]
  let mode: String
  let id: ObjectID
  /// Bytes of a blob; 0 for a tree.
  let size: Int

  /// A manifest larger than this is none: etcd takes 1.5 MiB.
  static let blobLimit = 4 << 20
  /// All manifests of a slice together.
  static let totalLimit = 64 << 20

  /// Reads the output of `git ls-tree -r -t -l -z`.
  static func list(_ output: [UInt8]) throws(SliceRefusal) -> [SliceEntry] {
    var entries: [SliceEntry] = []
    var total = 0
    for line in output.split(separator: 0) {
      guard let tab = line.firstIndex(of: UInt8(ascii: "\t")),
        let head = String(validating: line[..<tab], as: UTF8.self),
        let path = String(validating: line[(tab + 1)...], as: UTF8.self)
      else { throw .malformed("it has a file whose name is not text") }
      let words = head.split(separator: " ", omittingEmptySubsequences: true)
      guard words.count == 4, let id = ObjectID(hex: words[2]) else {
        throw .malformed("git lists '\(head)'")
      }
      let size = Int(words[3]) ?? 0
      guard size <= blobLimit else { throw .malformed("'\(path)' has \(size) bytes") }
      total += size
      guard total <= totalLimit else { throw .malformed("it has more than 64 MiB") }
      entries.append(
        SliceEntry(
          path: path.split(separator: "/", omittingEmptySubsequences: false),
          mode: String(words[0]),
          id: id, size: size))
    }
    return entries
  }

  var isFile: Bool { mode == "100644" || mode == "100755" }
  var isFolder: Bool { mode == "040000" }
}

extension SliceContent {
  /// The blobs that are needed to know what a slice says; files of other names are a newer hub's.
  static func neededBlobs(_ entries: [SliceEntry]) -> [ObjectID] {
    var seen = Set<ObjectID>()
    return entries.filter { $0.isFile && isNeeded($0) && seen.insert($0.id).inserted }.map(\.id)
  }

  private static func isNeeded(_ entry: SliceEntry) -> Bool {
    switch entry.path.count {
    case 1: entry.path[0] == "tombstone.json"
    case 2: entry.path[1] == "bundle.json" || entry.path[1] == "values.yaml"
    default: ["objects", "hooks", "chart"].contains(entry.path[1])
    }
  }

  /// Puts a slice together from its listing and its blobs.
  ///
  /// `newest` is the newest format of a bundle deployment that is obeyed; one that is newer refuses the
  /// whole slice, as nobody knows what would be left out.
  static func assemble(
    _ entries: [SliceEntry], blobs: [ObjectID: [UInt8]], newest: Int = SliceLayout.bundleFormat,
    parse: ([UInt8]) -> JSONValue?
  ) throws(SliceRefusal) -> SliceContent {
    func content(_ entry: SliceEntry) throws(SliceRefusal) -> [UInt8] {
      let path = entry.path.joined(separator: "/")
      guard entry.isFile else { throw .malformed("'\(path)' is no plain file") }
      guard let bytes = blobs[entry.id] else { throw .malformed("'\(path)' is missing") }
      return bytes
    }
    if let entry = entries.first(where: { $0.path == ["tombstone.json"] }) {
      let json = parse(try content(entry))
      guard json?["format"]?.integer == 1,
        let action = json?["action"]?.string.flatMap(Tombstone.init(rawValue:))
      else { throw .malformed("its 'tombstone.json' says neither keep nor remove") }
      return .tombstone(action)
    }
    var bundles: [DesiredBundle] = []
    let folders = Dictionary(grouping: entries.filter { $0.path.count > 1 }) { $0.path[0] }
    for entry in entries where entry.path.count == 1 {
      let name = String(entry.path[0])
      guard entry.isFolder, !name.hasPrefix(".") else { throw .malformed("'\(name)' is no bundle") }
      let own = folders[entry.path[0]] ?? []
      guard let file = own.first(where: { $0.path.count == 2 && $0.path[1] == "bundle.json" })
      else {
        throw .malformed("bundle '\(name)' has no 'bundle.json'")
      }
      guard let json = parse(try content(file)) else {
        throw .malformed("'bundle.json' of bundle '\(name)' is no JSON")
      }
      let descriptor = try self.descriptor(json, bundle: name, newest: newest)
      bundles.append(
        try BundleFolder(name: name, tree: entry.id, descriptor: descriptor, files: own)
          .bundle(content: content))
    }
    return .bundles(DesiredSlice(bundles))
  }

  private static func descriptor(
    _ json: JSONValue, bundle: String, newest: Int
  ) throws(SliceRefusal) -> BundleDescriptor {
    do throws(BundleDescriptor.Refusal) {
      return try BundleDescriptor(json, newest: newest)
    } catch {
      switch error {
      case .format(let number): throw .format(number, known: Int64(newest))
      case .malformed(let member):
        throw .malformed("'\(member)' in 'bundle.json' of bundle '\(bundle)'")
      }
    }
  }
}
