// SPDX-License-Identifier: Apache-2.0

import Glibc
import Posix
import Testing

@Suite("children")
struct ChildTests {
  @Test(
    "a child's end is told as it was",
    arguments: [
      ("exit 0", ChildResult.Status.exit(0)), ("exit 3", .exit(3)), ("kill -15 $$", .signal(15)),
    ])
  func status(script: String, expected: ChildResult.Status) throws {
    #expect(try Child.run(["sh", "-c", script]).status == expected)
  }

  @Test("a megabyte goes in and comes out on both streams without a deadlock")
  func talking() throws {
    let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let result = try Child.run(["sh", "-c", "tee /dev/stderr"], input: .bytes(bytes))
    #expect(result.succeeded)
    #expect(result.output == bytes)
    #expect(result.errorOutput == bytes)
  }

  @Test("a child that reads nothing does not end us with a broken pipe")
  func unreadInput() throws {
    let result = try Child.run(["true"], input: .bytes([UInt8](repeating: 1, count: 1_000_000)))
    #expect(result.status == .exit(0))
  }

  @Test("a child gets exactly the variables, the folder and the descriptors that it should")
  func surroundings() throws {
    let open = try Descriptor.open("/dev/null", O_RDONLY)
    _ = fcntl(open.number, F_SETFD, 0)
    let result = try Child.run(
      ["/bin/sh", "-c", "/usr/bin/env | grep -v ^_= | sort; pwd; ls /proc/$$/fd; :"],
      environment: ["B": "two", "A": "one", "PATH": "/usr/bin:/bin", "PWD": "/usr"],
      directory: "/usr")
    let lines = String(decoding: result.output, as: UTF8.self)
    // No pipe behind 'ls': dash itself would hold it for a moment; and not the last command, which
    // would take the place of the shell.
    #expect(lines == "A=one\nB=two\nPATH=/usr/bin:/bin\nPWD=/usr\n/usr\n0\n1\n2\n")
    #expect(open.number > 2)
  }

  @Test("a child gets the default for signals that we ignore")
  func signals() throws {
    BrokenPipe.ignore()
    let result = try Child.run(["sh", "-c", "kill -PIPE $$; echo lived"])
    #expect(result.status == .signal(Int(SIGPIPE)))
  }

  @Test("a timeout ends the child and what it has started, when they form a group")
  func timeout() throws {
    let start = MonotonicClock.milliseconds()
    let result = try Child.run(
      ["sh", "-c", "echo begun; sleep 60 & wait"], ownGroup: true, timeoutSeconds: 1)
    #expect(result.status == .timedOut(seconds: 1))
    #expect(result.output == Array("begun\n".utf8))
    #expect(MonotonicClock.milliseconds() - start < 20_000)
  }

  @Test("a child that closes its streams and goes on is subject to the timeout too")
  func silentTimeout() throws {
    let result = try Child.run(
      ["sh", "-c", "exec sleep 60"], output: .discard, errorOutput: .discard, ownGroup: true,
      timeoutSeconds: 1)
    #expect(result.status.description == "did not end within 1 s")
  }

  @Test("a child that does not hear the polite signal is killed")
  func deafChild() throws {
    let result = try Child.run(
      ["sh", "-c", "trap '' TERM; while :; do sleep 60; done"], ownGroup: true, timeoutSeconds: 1)
    #expect(result.status == .timedOut(seconds: 1))
  }

  @Test("a child that writes without end is ended at the limit")
  func limit() throws {
    let result = try Child.run(["yes"], outputLimit: 100_000)
    #expect(result.status == .wroteTooMuch(limit: 100_000))
  }

  @Test("lines are told while the child runs, the last one without a newline too")
  func lines() throws {
    var heard: [String] = []
    let result = try Child.run(
      ["sh", "-c", "printf 'one\\ntwo\\n\\nend' >&2; echo out"],
      errorOutput: .lines { heard.append(String(decoding: $0, as: UTF8.self)) })
    #expect(heard == ["one", "two", "", "end"])
    #expect(result.output == Array("out\n".utf8))
    #expect(result.errorOutput.isEmpty)
  }

  @Test("what keeps a child from starting is said")
  func failures() {
    func text(_ body: () throws(PosixError) -> Void) -> String {
      do throws(PosixError) {
        try body()
        return "started"
      } catch { return error.description }
    }
    #expect(
      text { () throws(PosixError) in _ = try Child.run(["no-such-program"]) }
        == "cannot run 'no-such-program': no such file or directory")
    #expect(
      text { () throws(PosixError) in _ = try Child.run(["true"], directory: "/no/folder") }
        == "cannot enter the folder '/no/folder': no such file or directory")
    #expect(
      text { () throws(PosixError) in _ = try Child.run(["true", "a\0b"]) }
        == "cannot run 'true': invalid argument")
  }

  @Test("relative folders in PATH are passed over")
  func lookup() {
    #expect(Child.find("sh", path: ":.:bin:/no/where:/bin") == "/bin/sh")
    #expect(Child.find("sh", path: "") == nil)
    #expect(Child.find("./x", path: "/bin") == "./x")
  }
}
