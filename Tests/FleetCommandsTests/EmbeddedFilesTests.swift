// SPDX-License-Identifier: Apache-2.0

import HubService
import Posix
import Testing

@Suite("files inside the programs")
struct EmbeddedFilesTests {
  private static let root: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(3)
    return parts.joined(separator: "/")
  }()

  private static func files(below folder: String) throws -> [String] {
    try Files.entries(in: "\(root)/\(folder)").flatMap { entry in
      entry.kind == .directory
        ? try files(below: "\(folder)/\(entry.text)") : ["\(folder)/\(entry.text)"]
    }
  }

  @Test("they are those of hooks/, plugins/ and templates/; `make generated` writes them anew")
  func same() throws {
    let expected = try ["hooks", "plugins", "templates"].flatMap { try Self.files(below: $0) }
      .filter { !$0.hasPrefix("plugins/krew/") && $0 != "plugins/README.md" }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    #expect(EmbeddedFiles.all.map(\.path) == expected)
    for file in EmbeddedFiles.all {
      let path = "\(Self.root)/\(file.path)"
      let text = String(decoding: try Files.read(path, limit: 1 << 20), as: UTF8.self)
      #expect(file.text == text, "\(file.path)")
      #expect(file.isExecutable == Files.isExecutable(path), "\(file.path)")
    }
  }
}
