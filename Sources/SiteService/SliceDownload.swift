// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Posix
import SliceFormat

/// A slice that comes in pieces over several runs: `slice.part` of the state folder, and `slice.json` that says of
/// which whole.
struct SliceDownload: Sendable {
  /// How far one try came.
  enum Progress: Sendable, Hashable {
    /// All of it is here.
    case complete
    /// The line was cut: curl's words.
    case cut(String)
    /// It is not there any more, or the server does not serve pieces.
    case useless
  }

  private let folder: String
  var file: String { folder + "/slice.part" }
  private var headFile: String { folder + "/slice.json" }

  init(_ folder: SiteFolder) { self.folder = folder.path }

  /// Bytes that are here.
  var size: Int64 { ((try? Files.attributes(file)) ?? nil).map { Int64($0.size) } ?? 0 }

  /// Whether something was begun.
  var isBegun: Bool { Files.exists(headFile) }

  /// Forgets all of it.
  func discard() throws(PosixError) {
    try Files.remove(file)
    try Files.remove(headFile)
  }

  /// Begins with a whole, or goes on with it.
  func begin(_ head: SliceBundleHead) throws(PosixError) {
    let known = try Files.readIfPresent(headFile, limit: 1 << 16)
      .flatMap { SliceBundleHead(json: $0) }
    if known == head, size <= head.size { return }
    try discard()
    try Files.writeAtomically(headFile, head.json, mode: 0o600)
  }

  /// Loads what is missing.
  func load(
    _ head: SliceBundleHead, from address: String, header: String?, timeout: Int
  ) throws(PosixError) -> Progress {
    if size == head.size { return .complete }
    let result = try WebRequest(address, header: header).run(
      [
        "--show-error", "--max-time", String(timeout), "--speed-limit", "100", "--speed-time", "60",
        "--max-filesize", String(head.size), "--continue-at", "-", "--output", file,
        "--write-out", "%{http_code}",
      ], timeout: timeout + 5)
    switch result.status {
    case .exit(0) where size == head.size: return .complete
    // No ranges; longer or shorter than was said.
    case .exit(0), .exit(33), .exit(36), .exit(63): return .useless
    case .exit(22) where WebRequest.isFinal(result.output): return .useless
    default: return .cut(WebRequest.reason(result))
    }
  }

  /// Whether what is here is what the hub wrote.
  func isWhole(_ head: SliceBundleHead, _ cache: SliceCache) throws(PosixError) -> Bool {
    try cache.git.makeIfMissing()
    let hash = try cache.git.run(
      ["hash-object", "--no-filters", file], timeout: cache.timeout)
    guard hash.succeeded,
      ObjectID(hex: String(decoding: hash.output.prefix(40), as: UTF8.self)) == head.blob
    else { return false }
    return try cache.git.run(["bundle", "verify", file], timeout: cache.timeout)
      .succeeded
  }
}

/// A request by curl, with what is secret in a pipe: arguments can be read by everybody.
struct WebRequest: Sendable {
  private let settings: String

  init(_ address: String, header: String?) {
    var settings = "url = \(Self.quoted(address))\n"
    if let header { settings += "header = \(Self.quoted(header))\n" }
    self.settings = settings
  }

  /// Whether there is a curl.
  static var isPossible: Bool { Child.find("curl") != nil }

  /// Runs curl to its end.
  func run(
    _ arguments: [String], timeout: Int, outputLimit: Int = 1 << 20
  ) throws(PosixError) -> ChildResult {
    try Child.run(
      ["curl", "--fail", "--silent", "--location", "--proto", "=http,https"] + arguments
        + ["--config", "-"],
      input: .bytes(Array(settings.utf8)), ownGroup: true, timeoutSeconds: timeout,
      outputLimit: outputLimit)
  }

  /// Whether a code that the server answered, the last three digits, holds for a while: not there, not for you.
  static func isFinal(_ words: [UInt8]) -> Bool { words.suffix(3).first == UInt8(ascii: "4") }

  /// What curl said, in one line.
  static func reason(_ result: ChildResult) -> String {
    guard case .exit(let code) = result.status else { return "curl \(result.status)" }
    let line = String(decoding: result.errorOutput, as: UTF8.self).split(separator: "\n").last
    guard let line, let end = line.firstRange(of: ") ")?.upperBound else {
      return "curl ended with exit code \(code)"
    }
    return String(line[end...])
  }

  /// A value in a file of curl's settings.
  private static func quoted(_ text: String) -> String {
    "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }
}
