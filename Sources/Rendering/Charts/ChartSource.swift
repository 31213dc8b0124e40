// SPDX-License-Identifier: Apache-2.0

import Archives
import Diagnostics
import GitObjects

/// A file of a chart, on its way to somebody who looks at it.
struct ChartFile {
  /// The path in the folder that helm gets.
  let path: String
  /// The path that people are told: in the repository, or `ARCHIVE!PATH` for what stands in an archive.
  let shown: String
  let bytes: [UInt8]
}

/// Where the files of a chart come from; they can be gone through again and again.
struct ChartSource: Sendable {
  /// The directory from the root of the repository, or the path of the archive.
  let place: String
  /// Whether `place` is an archive, which is the only file then.
  let isArchive: Bool
  let files: [RenderFile]
  /// Files that nobody wrote.
  let made: [ArchiveFile]
  let load: @Sendable (ObjectID) throws(ObjectAccessError) -> [UInt8]

  /// Archives in archives in archives: nobody does that by hand.
  private static let deepest = 8

  /// What tells equal charts: made of paths and blob ids alone.
  var digest: String {
    var digest = SHA256()
    func add(_ text: String) { digest.update(Array("\(text.utf8.count):\(text)".utf8)) }
    // Another way of replacing calls is another folder: raise the number.
    add("chart 2")
    add(isArchive ? "archive" : "folder")
    for file in made {
      add(file.path)
      digest.update(file.bytes)
    }
    for file in files {
      add(file.path)
      digest.update(Array(file.id.hex.utf8))
    }
    return Hexadecimal.text(digest.finalize())
  }

  /// Goes through all files that helm shall see, those of archives unpacked.
  func visit(
    _ findings: inout Findings, _ body: @escaping (ChartFile, inout Findings) -> Void
  ) throws(ObjectAccessError) {
    var walk = Walk(body: body, findings: findings)
    defer { findings = walk.findings }
    for file in made {
      body(ChartFile(path: file.path, shown: shown(file.path), bytes: file.bytes), &walk.findings)
    }
    if isArchive {
      guard let file = files.first else { return }
      walk.unpack(try load(file.id), shown: place, into: "", depth: 0)
      return
    }
    var ignore: HelmIgnore?
    if let file = files.first(where: { $0.path == ".helmignore" }) {
      ignore = HelmIgnore(try load(file.id))
    }
    let rules = ignore ?? HelmIgnore(nil)
    walk.folders = Self.subchartFolders(files.map(\.path))
    // Helm would apply the rules to the files of unpacked archives, too.
    let hasArchives = files.contains {
      ChartPlace($0.path).archive != nil && !rules.ignores($0.path)
    }
    for file in files where !rules.ignores(file.path) {
      if hasArchives, file.path == ".helmignore" { continue }
      let bytes = try load(file.id)
      walk.take(file.path, shown: shown(file.path), bytes, depth: 0)
    }
  }

  /// What people are told for the path of a file that stands in the repository itself.
  func shown(_ path: String) -> String { place.isEmpty ? path : "\(place)/\(path)" }

  /// The folders of subcharts that are there as folders, so that an unpacked archive gets another one.
  private static func subchartFolders(_ paths: [String]) -> Set<String> {
    var folders = Set<String>()
    for path in paths {
      let place = ChartPlace(path)
      if !place.chart.isEmpty { folders.insert(place.chart) }
    }
    return folders
  }

  private struct Walk {
    let body: (ChartFile, inout Findings) -> Void
    var findings: Findings
    var folders: Set<String> = []
    var limits = ArchiveLimits.chart

    init(body: @escaping (ChartFile, inout Findings) -> Void, findings: Findings) {
      self.body = body
      self.findings = findings
    }

    mutating func take(_ path: String, shown: String, _ bytes: [UInt8], depth: Int) {
      let place = ChartPlace(path)
      guard let name = place.archive else {
        body(ChartFile(path: path, shown: shown, bytes: bytes), &findings)
        return
      }
      var folder = "\(place.chart)charts/\(name)/"
      // A folder whose name ends like an archive's would be read as one.
      while folders.contains(folder) || folder.hasSuffix(".tgz/") {
        folder = folder.dropLast() + "_/"
      }
      folders.insert(folder)
      unpack(bytes, shown: shown, into: folder, depth: depth + 1)
    }

    mutating func unpack(_ bytes: [UInt8], shown: String, into folder: String, depth: Int) {
      guard depth <= ChartSource.deepest else {
        refuse(shown, "the archive holds archives that hold archives, more than \(depth - 1) deep")
        return
      }
      let files: [ArchiveFile]
      do throws(ArchiveError) {
        files = try TarArchive.read(bytes, limits: limits)
      } catch {
        refuse(shown, "the archive \(error.words)")
        return
      }
      limits.fileCount = max(0, limits.fileCount - files.count)
      limits.totalBytes = max(0, limits.totalBytes - files.reduce(0) { $0 + $1.bytes.count })
      for file in files.sorted(by: { $0.path.precedesInBytes($1.path) }) {
        guard let slash = file.path.utf8.firstIndex(of: UInt8(ascii: "/")) else {
          refuse(shown, "the file '\(file.path)' of the archive stands in no folder of a chart")
          return
        }
        let inner = file.path[file.path.utf8.index(after: slash)...]
        // Helm has applied it when it made the archive, and would not do so again.
        if inner == ".helmignore" { continue }
        take(folder + inner, shown: "\(shown)!\(file.path)", file.bytes, depth: depth)
      }
    }

    private mutating func refuse(_ path: String, _ message: String) {
      findings.add(
        Finding(
          .error, "chart-archive", message, path: path,
          hints: ["make it again with 'helm package' or 'kubectl fleet update'"]))
    }
  }
}

/// Which chart of a folder a file belongs to.
struct ChartPlace {
  /// The folder of the chart, empty or with a `/` at the end: `charts/redis/`.
  let chart: String
  /// The path from there.
  let rest: String
  /// The name without `.tgz` when the file is a packed subchart.
  let archive: String?
  /// Whether helm does not read it: a folder in `charts/` whose name begins with `_` or `.`.
  let isHidden: Bool

  init(_ path: String) {
    var chart = ""
    var rest = Substring(path)
    var archive: String?
    var isHidden = false
    while rest.hasPrefix("charts/") {
      let inner = rest.dropFirst(7)
      let name = inner.prefix { $0 != "/" }
      if name.first == "_" || name.first == "." {
        isHidden = true
        break
      }
      if name.endIndex == inner.endIndex {
        if name.hasSuffix(".tgz"), name.utf8.count > 4 { archive = String(name.dropLast(4)) }
        break
      }
      chart += "charts/\(name)/"
      rest = inner[inner.index(after: name.endIndex)...]
    }
    self.chart = chart
    self.rest = String(rest)
    self.archive = archive
    self.isHidden = isHidden
  }

  /// Whether helm renders the file.
  var isTemplate: Bool { rest.hasPrefix("templates/") && !isHidden }

  /// Whether what the file gives is thrown away.
  var isNotes: Bool { rest == "templates/NOTES.txt" }
}
