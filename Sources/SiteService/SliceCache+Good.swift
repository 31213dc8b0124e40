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

extension Dictionary where Key == String {
  /// The entries in the order of the bytes of their names.
  var byName: [(key: String, value: Value)] {
    sorted { $0.key.precedesInBytes($1.key) }
  }
}
