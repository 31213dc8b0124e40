// SPDX-License-Identifier: Apache-2.0

import Foundation
import GitObjects
import GitStore
import Testing

/// A scratch folder in which real Git works, without anybody's configuration and with fixed dates.
final class GitFixture {
  let folder: String

  init() throws {
    let place = NSTemporaryDirectory() + "gitstore-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
    // Git tells real paths; on some machines the temporary folder is a symbolic link.
    folder = try #require(realpath(place, nil).map { String(cString: $0) })
  }

  deinit {
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Makes an empty bare repository with real Git and tells its path.
  func bare(_ name: String = "repo.git", _ options: String...) throws -> String {
    let path = "\(folder)/\(name)"
    try git(["init", "-q", "--bare", "-b", "main"] + options + [path])
    return path
  }

  /// Runs Git and tells what it wrote, both streams; a failure of Git fails the test.
  @discardableResult
  func git(
    _ arguments: [String], in directory: String? = nil, input: [UInt8] = [],
    variables: [String: String] = [:]
  ) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git"] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory ?? folder)
    process.environment = [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder, "LC_ALL": "C", "TZ": "UTC",
      "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
      "GIT_AUTHOR_NAME": "A U Thor", "GIT_AUTHOR_EMAIL": "author@example.org",
      "GIT_COMMITTER_NAME": "C O Mitter", "GIT_COMMITTER_EMAIL": "committer@example.org",
      "GIT_AUTHOR_DATE": "1700000000 +0130", "GIT_COMMITTER_DATE": "1700000001 -0500",
    ].merging(variables) { $1 }
    let output = "\(folder)/.output"
    let inputFile = "\(folder)/.input"
    _ = FileManager.default.createFile(atPath: output, contents: nil)
    _ = FileManager.default.createFile(atPath: inputFile, contents: Data(input))
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: inputFile))
    try process.run()
    process.waitUntilExit()
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: output)), as: UTF8.self)
    if process.terminationStatus != 0 {
      Issue.record("git \(arguments.joined(separator: " ")) failed: \(text)")
    }
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  /// Makes a commit of these files on a branch of a bare repository and tells its id.
  func commit(
    _ files: [(path: String, text: String)], to branch: String = "main", in repository: String,
    message: String = "change"
  ) throws -> ObjectID {
    let stream =
      "reset refs/heads/\(branch)\nfrom refs/heads/\(branch)^0\n\ncommit refs/heads/\(branch)\n"
    let exists = !(try git(["for-each-ref", "refs/heads/\(branch)"], in: repository)).isEmpty
    var text = exists ? stream : "commit refs/heads/\(branch)\n"
    text += "author A U Thor <author@example.org> 1700000000 +0130\n"
    text += "committer C O Mitter <committer@example.org> 1700000001 -0500\n"
    text += "data \(message.utf8.count)\n\(message)\n"
    for file in files {
      text += "M 100644 inline \(file.path)\ndata \(file.text.utf8.count)\n\(file.text)\n"
    }
    try git(["fast-import", "--quiet"], in: repository, input: Array(text.utf8))
    return try id("refs/heads/\(branch)", in: repository)
  }

  /// The id of a revision, told by real Git.
  func id(_ revision: String, in repository: String) throws -> ObjectID {
    try #require(ObjectID(hex: try git(["rev-parse", revision], in: repository)))
  }

  /// The names of all files below a folder, sorted.
  func files(below path: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: path).filter {
      var isDirectory: ObjCBool = false
      return FileManager.default.fileExists(atPath: "\(path)/\($0)", isDirectory: &isDirectory)
        && !isDirectory.boolValue
    }.sorted()
  }
}

/// The text of the error that a call throws.
func message(of body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch { return "\(error)" }
}

/// The error that a call throws.
func gitError(of body: () throws -> Void) -> GitError? {
  do {
    try body()
    return nil
  } catch { return error as? GitError }
}
