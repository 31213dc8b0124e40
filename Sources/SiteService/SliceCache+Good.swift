// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import JSONTree
import Posix
import Reconciling

/// The trees that have proved good, one a bundle, as refs: so that their objects stay, and nothing but the
/// ref has to be true.
extension SliceCache {
  private static let goodFolder = "refs/fleet/good"

  /// The tree that a bundle goes back to; nil when none has proved good here.
  func good(_ bundle: String) -> ObjectID? { read(Self.goodRef(bundle)) }

  /// Remembers a tree as good.
  func keepGood(_ tree: ObjectID, _ bundle: String) throws(PosixError) {
    if good(bundle) == tree { return }
    try Files.makeDirectories("\(git.folder)/\(Self.goodFolder)", mode: 0o700)
    try Files.writeAtomically(
      "\(git.folder)/\(Self.goodRef(bundle))", Array("\(tree.hex)\n".utf8))
  }

  /// Forgets the good trees of bundles that are not told any more, and what killed runs left behind.
  func forgetGood(except bundles: [String]) throws(PosixError) {
    let folder = "\(git.folder)/\(Self.goodFolder)"
    guard Files.exists(folder) else { return }
    let kept = Set(bundles.map { Files.split(Self.goodRef($0)).name })
    for entry in try Files.entries(in: folder) where !kept.contains(entry.text) {
      _ = try Files.remove("\(folder)/\(entry.text)")
    }
  }

  /// A bundle as one of its trees has it; nil when that is not whole here any more.
  func bundle(_ name: String, _ tree: ObjectID) throws(PosixError) -> DesiredBundle? {
    let listing = try git.run(
      ["ls-tree", "-r", "-t", "-l", "-z", "--full-tree", tree.hex], timeout: timeout)
    guard listing.succeeded, let inner = try? SliceEntry.list(listing.output) else { return nil }
    let top = SliceEntry(path: [Substring(name)], mode: "040000", id: tree, size: 0)
    let entries =
      [top]
      + inner.map { SliceEntry(path: top.path + $0.path, mode: $0.mode, id: $0.id, size: $0.size) }
    guard let blobs = try objects(SliceContent.neededBlobs(entries)),
      let content = try? SliceContent.assemble(
        entries, blobs: blobs, parse: { JSONParser.parse($0, limits: .machine) }),
      case .bundles(let slice) = content
    else { return nil }
    return slice[name]
  }

  /// The bundles of which a good tree is remembered, in the order of the files.
  func goodBundles() -> [String] {
    let names = (try? Files.entries(in: "\(git.folder)/\(Self.goodFolder)").map(\.text)) ?? []
    return names.filter { !$0.hasPrefix(".") && !$0.hasSuffix(".lock") }.map(Self.bundle(ofRef:))
  }

  /// Brings the good trees that can still be read from another cache, one by one: what is damaged in one is no
  /// matter of the others.
  func bringGood(from other: SliceCache) throws(PosixError) {
    for bundle in other.goodBundles() {
      let ref = Self.goodRef(bundle)
      _ = try git.run(
        Self.fetchWords + ["--update-shallow", other.git.folder, "+\(ref):\(ref)"],
        timeout: timeout)
    }
  }

  /// Throws everything away but the good trees that can still be read; tells of which bundles they are lost.
  func resetKeepingGood() throws(PosixError) -> [String] {
    let old = SliceCache(folder: git.folder + ".old", timeout: timeout)
    try Files.removeTree(old.git.folder)
    try Files.rename(git.folder, to: old.git.folder)
    try git.makeIfMissing()
    try bringGood(from: old)
    let lost = old.goodBundles().filter { good($0) == nil }
    try Files.removeTree(old.git.folder)
    return lost
  }

  /// The bundle that `goodRef` made a name for.
  private static func bundle(ofRef name: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(name.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "_"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Names that Git takes for refs: letters, digits and dashes as they are, any other byte as `_` and two
  /// digits, so that no name ends with `.lock` or has two dots.
  private static func goodRef(_ bundle: String) -> String {
    var name = ""
    for byte in bundle.utf8 {
      switch byte {
      case 0x61...0x7a, 0x41...0x5a, 0x30...0x39, UInt8(ascii: "-"):
        name.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        name += "_" + Hexadecimal.text([byte])
      }
    }
    return "\(goodFolder)/\(name)"
  }
}
