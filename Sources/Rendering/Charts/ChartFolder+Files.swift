// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import GitObjects

extension ChartFolder {
  /// The folder that helm gets.
  ///
  /// Pinned results are made of the release's names, so a folder with some is a folder per release.
  package func folder(_ calls: UnstableCalls, disablesDNS: Bool) -> RenderFolder {
    let replacement = CallReplacement(calls: calls, disablesDNS: disablesDNS)
    var name = digest
    if !self.calls.isEmpty {
      var hash = SHA256()
      var parts = [digest, disablesDNS ? "no-dns" : ""]
      if case .pinned(let release, let namespace) = calls { parts += [release, namespace] }
      for part in parts { hash.update(Array("\(part.utf8.count):\(part)".utf8)) }
      name = Hexadecimal.text(hash.finalize())
    }
    return RenderFolder(digest: name) { () throws(ObjectAccessError) in
      var files: [(path: String, bytes: [UInt8])] = []
      var ignored = Findings()
      try source.visit(&ignored) { file, _ in
        let found = callsByPath[file.path].map { self.calls[$0] } ?? []
        files.append((file.path, replacement.replaced(file.bytes, found)))
      }
      return files
    }
  }

  /// The chart as it stands in the repository, for a site that renders it itself: the files of a
  /// directory, or the one archive, which then has the name of the chart.
  ///
  /// Not what `folder` gives: the site prepares the files for its own helm.
  package func originals() throws(ObjectAccessError) -> [(path: String, bytes: [UInt8])] {
    if source.isArchive {
      guard let file = source.files.first else { return [] }
      return [(archiveName, try source.load(file.id))]
    }
    var files: [(path: String, bytes: [UInt8])] = []
    for file in source.files { files.append((file.path, try source.load(file.id))) }
    return files
  }

  /// The name of the archive among `originals`; nil for a chart that is a directory.
  package var shippedArchive: String? { source.isArchive ? archiveName : nil }

  private var archiveName: String { "chart.tgz" }

  /// The path that people are told for a file of the folder.
  func shown(_ path: String) -> String {
    shownPaths[path] ?? source.shown(path)
  }

  /// The bytes of a file of the folder as they are in the repository; nil when there is none.
  func original(_ path: String) -> [UInt8]? {
    var found: [UInt8]?
    var ignored = Findings()
    do throws(ObjectAccessError) {
      try source.visit(&ignored) { file, _ in if file.path == path { found = file.bytes } }
    } catch {
      return nil
    }
    return found
  }

  /// The path in the folder of what helm calls `web/charts/cache/templates/x.yaml`: it goes by the names
  /// of charts, and by their aliases, where the folder has its own.
  func path(ofHelm name: String) -> String? {
    var rest = Substring(name)
    guard var chart = charts.first, let first = Self.next(&rest),
      first == chart.metadata.name
    else { return nil }
    while rest.hasPrefix("charts/") {
      var inner = rest.dropFirst(7)
      guard let wanted = Self.next(&inner) else { break }
      let real =
        chart.metadata.dependencies.first { $0.alias == wanted }?.name ?? wanted
      let prefix = "\(chart.folder)charts/"
      guard
        let child = charts.first(where: {
          $0.metadata.name == real && $0.folder.hasPrefix(prefix)
            && $0.folder.dropFirst(prefix.count).count { $0 == "/" } == 1
        })
      else { return nil }
      chart = child
      rest = inner
    }
    return chart.folder + rest
  }

  private static func next(_ path: inout Substring) -> String? {
    guard let slash = path.firstIndex(of: "/") else { return nil }
    let name = String(path[..<slash])
    path = path[path.index(after: slash)...]
    return name
  }
}
