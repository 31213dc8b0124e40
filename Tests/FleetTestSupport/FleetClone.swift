// SPDX-License-Identifier: Apache-2.0

import Glibc
package import Posix

/// Somebody's clone of the fleet repository, with a work tree, in which real Git works.
package final class FleetClone {
  /// What a file is in a commit that is written without the work tree.
  package struct RawFile {
    let mode: String
    let path: [UInt8]
    let content: [UInt8]

    /// A file with any bytes as name and content.
    package init(_ path: [UInt8], _ content: [UInt8]) {
      (mode, self.path, self.content) = ("100644", path, content)
    }

    /// A file with a text.
    package init(_ path: String, _ text: String) {
      self.init(Array(path.utf8), Array(text.utf8))
    }

    /// A symbolic link.
    package init(_ path: String, linkTo target: String) {
      (mode, self.path, content) = ("120000", Array(path.utf8), Array(target.utf8))
    }

    /// A submodule at some commit.
    package init(submodule path: String, at commit: String) {
      (mode, self.path, content) = ("160000", Array(path.utf8), Array(commit.utf8))
    }
  }

  /// The folder of the work tree.
  package let path: String
  private let remote: String
  private var commits: Int

  /// Makes a repository with `remote` as its origin; nothing is fetched.
  package init(path: String, remote: String, firstCommit: Int = 0) throws {
    self.path = path
    self.remote = remote
    commits = firstCommit
    try GitFixture.run(["init", "-q", "-b", "main", path], in: "/")
    try git("remote", "add", "origin", remote)
  }

  /// Takes a clone that was copied, with `remote` as its new origin.
  package init(existing path: String, remote: String, firstCommit: Int) throws {
    self.path = path
    self.remote = remote
    commits = firstCommit
    try git("remote", "set-url", "origin", remote)
  }

  /// Runs Git in the work tree and tells what it wrote to standard output.
  @discardableResult
  package func git(_ arguments: String..., input: [UInt8] = []) throws -> String {
    try GitFixture.run(arguments, in: path, input: input, variables: dates)
  }

  private var dates: [String: String] {
    let date = "\(GitFixture.firstDate + commits * 60) +0000"
    return ["GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date]
  }

  /// Writes a file and the folders above it.
  package func write(_ file: String, _ text: String) throws { try write(file, Array(text.utf8)) }

  /// Writes a file of any bytes and the folders above it.
  package func write(_ file: String, _ bytes: [UInt8]) throws {
    let place = "\(path)/\(file)"
    try Files.makeDirectories(Files.split(place).folder)
    guard TestFiles.write(bytes, to: place) else {
      throw GitFixture.Failure(description: "cannot write '\(place)'")
    }
  }

  /// Writes many files.
  package func write(_ files: [String: String]) throws {
    for (file, text) in files.sorted(by: { $0.key < $1.key }) { try write(file, text) }
  }

  /// Replaces a piece of a file, which has to be in it.
  package func edit(_ file: String, _ piece: String, _ replacement: String) throws {
    let text = String(decoding: TestFiles.read("\(path)/\(file)") ?? [], as: UTF8.self)
    let parts = text.split(separator: piece, omittingEmptySubsequences: false)
    guard parts.count > 1 else {
      throw GitFixture.Failure(description: "'\(piece)' does not stand in '\(file)'")
    }
    try write(file, parts.joined(separator: replacement))
  }

  /// Removes files or folders.
  package func remove(_ files: String...) throws {
    for file in files { try Files.removeTree("\(path)/\(file)") }
  }

  /// Commits the whole work tree and tells the commit's id.
  @discardableResult
  package func commit(_ message: String) throws -> String {
    commits += 1
    try git("add", "-A")
    try git("commit", "-q", "--allow-empty", "-m", message)
    return try head
  }

  /// The id of the current commit.
  package var head: String { get throws { try git("rev-parse", "HEAD") } }

  /// Commits files on top of `main` without the work tree, which could not hold some of them.
  @discardableResult
  package func commit(_ message: String, raw files: [RawFile]) throws -> String {
    commits += 1
    let person = "Ada Admin <ada@example.org> \(GitFixture.firstDate + commits * 60) +0000"
    var stream: [UInt8] = []
    func add(_ text: String) { stream.append(contentsOf: text.utf8) }
    add("commit refs/heads/main\nauthor \(person)\ncommitter \(person)\n")
    add("data \(message.utf8.count)\n\(message)\n")
    if try GitFixture.attempt(["rev-parse", "-q", "--verify", "main"], in: path).succeeded {
      add("from refs/heads/main^0\n")
    }
    for file in files {
      let name = file.path.map { byte in
        let digits = String(byte, radix: 8)
        return "\\" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
      }.joined()
      if file.mode == "160000" {
        add("M 160000 \(String(decoding: file.content, as: UTF8.self)) \"\(name)\"\n")
        continue
      }
      add("M \(file.mode) inline \"\(name)\"\ndata \(file.content.count)\n")
      stream.append(contentsOf: file.content)
      add("\n")
    }
    add("\ndone\n")
    try GitFixture.run(
      ["fast-import", "--quiet", "--force", "--done"], in: path, input: stream, variables: dates)
    return try git("rev-parse", "main")
  }

  /// Pushes and tells what the pusher reads.
  ///
  /// - Parameters:
  ///   - refs: what to push.
  ///   - options: push options (`-o`).
  ///   - force: adds `--force`.
  ///   - principal: who the serving side says it is.
  ///   - url: where to, else the origin.
  ///   - variables: more variables, which the hooks of a hub on this machine get too.
  package func push(
    _ refs: [String] = ["main"], options: [String] = [], force: Bool = false,
    principal: String? = nil, url: String? = nil, variables: [String: String] = [:]
  ) throws -> PushResult {
    let arguments = pushArguments(refs, options: options, force: force, url: url)
    let principals = principal.map { ["FLEET_PRINCIPAL": $0] } ?? [:]
    let result = try GitFixture.attempt(
      arguments, in: path, variables: principals.merging(variables) { $1 })
    return PushResult(
      status: result.status, output: String(decoding: result.errorOutput, as: UTF8.self),
      hiding: Files.split(Files.split(remote).folder).folder)
  }

  /// The arguments of `git` for a push, for a test that starts it itself.
  package func pushArguments(
    _ refs: [String] = ["main"], options: [String] = [], force: Bool = false, url: String? = nil
  ) -> [String] {
    ["push"] + (force ? ["--force"] : []) + options.flatMap { ["-o", $0] } + [url ?? "origin"]
      + refs
  }
}

/// How a push ended, and what the pusher reads.
package struct PushResult {
  /// Git's exit code: 0 accepted, 1 refused.
  package let status: ChildResult.Status
  /// What the hooks said: lines without `remote: ` and the blanks after them.
  package let text: String
  /// What Git itself said: where to, and what became of each ref. Ids have names here and above.
  package let report: String

  /// What the hooks said without what they were doing when it took more than a second.
  package var said: String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasSuffix(" …") }.joined(separator: "\n")
  }

  /// Whether all refs were taken.
  package var isAccepted: Bool { status == .exit(0) }

  /// Whether a ref was refused; Git that fails for another reason has another code.
  package var isRefused: Bool { status == .exit(1) }

  /// Reads the output of `git push`; the path `scratch` is shown as `…`.
  package init(status: ChildResult.Status, output: String, hiding scratch: String) {
    self.status = status
    let named = GitFixture.namingIDs(
      in: output.split(separator: scratch, omittingEmptySubsequences: false).joined(separator: "…"))
    var text = ""
    var report = ""
    for line in named.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("remote:") {
        var words = line.dropFirst("remote:".count)
        if words.hasPrefix(" ") { words = words.dropFirst() }
        // Git clears what may stand on the line before with eight blanks.
        if words.hasSuffix("        ") { words = words.dropLast(8) }
        text += words + "\n"
      } else if !line.isEmpty {
        report += line + "\n"
      }
    }
    self.text = text
    self.report = report
  }
}
