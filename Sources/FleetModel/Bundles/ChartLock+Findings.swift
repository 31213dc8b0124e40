// SPDX-License-Identifier: Apache-2.0

package import Diagnostics

extension ChartLock {
  /// The command that brings the charts of a bundle in.
  ///
  /// - Parameter directory: the directory of the bundle from the root of the repository.
  package static func command(for directory: String) -> String {
    "kubectl fleet update \(shellWord(directory.isEmpty ? "." : directory))"
  }

  /// What is wrong with an archive of the repository; nil when it is the one of the lock.
  ///
  /// - Parameters:
  ///   - bytes: the file; nil where there is none.
  ///   - archive: what the lock says.
  ///   - directory: the directory of the bundle from the root of the repository.
  package static func verify(
    _ bytes: [UInt8]?, _ archive: Archive, in directory: String
  ) -> Finding? {
    let path = directory.isEmpty ? archive.path : directory + "/" + archive.path
    guard let bytes else {
      return Finding(
        .error, "chart-missing", "the archive of fleet.lock is not in the repository", path: path,
        hints: [command(for: directory)])
    }
    let found = digest(of: bytes)
    if found == archive.digest { return nil }
    return Finding(
      .error, "chart-digest", "the archive is not the one of fleet.lock", path: path,
      notes: [
        Finding.Note("fleet.lock has \(short(archive.digest)), the file \(short(found))")
      ],
      hints: [
        "take the committed one: git checkout HEAD -- \(shellWord(path))",
        "or load it again: \(command(for: directory))",
      ])
  }

  /// The finding about a chart that `fleet.yaml` names and the lock does not have.
  ///
  /// - Parameters:
  ///   - chart: `helm.chart`, merged for a cluster or not.
  ///   - repo: `helm.repo`.
  ///   - version: `helm.version`.
  ///   - span: where the chart is written, or what else leads to it.
  ///   - directory: the directory of the bundle from the root of the repository.
  package static func missing(
    chart: String?, repo: String?, version: String?, at span: SourceSpan?, in directory: String
  ) -> Finding {
    let name = chart.flatMap { $0.isEmpty ? nil : $0 } ?? repo ?? ""
    return Finding(
      .error, "chart-missing",
      "the chart \(Wording.quoted(name))\(spaced(version)) is not in the repository",
      at: span, hints: [command(for: directory)])
  }

  /// The finding about a dependency of a local chart that is neither in the lock nor in `charts/`.
  package static func missing(
    dependency name: String, version: String?, at span: SourceSpan?, in directory: String
  ) -> Finding {
    Finding(
      .error, "chart-missing",
      "the dependency \(Wording.quoted(name))\(spaced(version)) is not in the repository", at: span,
      hints: [command(for: directory)])
  }

  private static func spaced(_ version: String?) -> String {
    version.map { $0.isEmpty ? "" : " " + Wording.bare($0) } ?? ""
  }

  /// The beginning of a digest, to be told apart by people.
  package static func short(_ digest: String) -> String {
    String(decoding: digest.utf8.prefix("sha256:".utf8.count + 12), as: UTF8.self) + "…"
  }

  /// A word as a shell has to be given it.
  private static func shellWord(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
        UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "+"):
        true
      default: false
      }
    }
    return isPlain ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
  }
}
