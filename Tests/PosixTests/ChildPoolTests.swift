// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc
import Posix
import Testing

@Suite("children side by side")
struct ChildPoolTests {
  private static func shell(_ script: String) -> ChildJob {
    ChildJob(["/bin/sh", "-c", script])
  }

  private static func said(_ result: Result<ChildResult, PosixError>) -> String {
    switch result {
    case .success(let child): "\(child.status): " + String(decoding: child.output, as: UTF8.self)
    case .failure(let error): error.description
    }
  }

  @Test("results come in the order of the jobs, whatever the width", arguments: [1, 3, 64, 0, -1])
  func order(width: Int) {
    let jobs = (0..<12).map { number in
      var job = Self.shell("cat; exit \(number)")
      job.input = .bytes(Array("job \(number)".utf8))
      return job
    }
    #expect(
      ChildPool(width: width).run(jobs).map(Self.said)
        == (0..<12).map { "ended with exit code \($0): job \($0)" })
  }

  @Test("each child talks for itself: a megabyte goes through each of four at the same time")
  func talking() throws {
    let jobs = (0..<4).map { number in
      var job = Self.shell("tee /dev/stderr")
      job.input = .bytes([UInt8](repeating: UInt8(number), count: 1_000_000))
      return job
    }
    for (number, result) in ChildPool(width: 4).run(jobs).enumerated() {
      let child = try result.get()
      #expect(child.output == [UInt8](repeating: UInt8(number), count: 1_000_000))
      #expect(child.errorOutput == child.output)
    }
  }

  @Test("children wait for each other only when they really run at the same time")
  func sideBySide() throws {
    let scratch = try ScratchFolder()
    // Each opens a named pipe that only the other one opens too.
    #expect(mkfifo(scratch.path + "/meeting", 0o600) == 0)
    var jobs = [
      Self.shell("echo hello >'\(scratch.path)/meeting'"),
      Self.shell("cat '\(scratch.path)/meeting'"),
    ]
    for index in jobs.indices { jobs[index].timeoutSeconds = 60 }
    #expect(
      ChildPool(width: 2).run(jobs).map(Self.said)
        == ["ended with exit code 0: ", "ended with exit code 0: hello\n"])
  }

  @Test("no more children run at a time than the width")
  func width() throws {
    let scratch = try ScratchFolder()
    let script = """
      mkdir '\(scratch.path)/'$$ && set -- '\(scratch.path)'/* && echo $# && rmdir '\(scratch.path)/'$$
      """
    let results = ChildPool(width: 2).run(Array(repeating: Self.shell(script), count: 20))
    for result in results {
      #expect(["1\n", "2\n"].contains(String(decoding: try result.get().output, as: UTF8.self)))
    }
  }

  @Test("what happens to one child does not happen to its neighbours")
  func faults() {
    var hangs = Self.shell("sleep 60")
    hangs.timeoutSeconds = 1
    hangs.ownGroup = true
    var closes = Self.shell("exec >&- 2>&-; exec sleep 60")
    closes.timeoutSeconds = 1
    closes.ownGroup = true
    var floods = ChildJob(["yes"])
    floods.outputLimit = 100_000
    var elsewhere = Self.shell("true")
    elsewhere.directory = "/no/folder"
    let jobs = [
      hangs, closes, floods, Self.shell("kill -9 $$"), ChildJob(["no-such-program"]), ChildJob([]),
      elsewhere, Self.shell("echo well; exit 3"),
    ]
    let results = ChildPool(width: 8).run(jobs)
    #expect(
      results.map { result in
        switch result {
        case .success(let child): child.status.description
        case .failure(let error): error.description
        }
      } == [
        "did not end within 1 s", "did not end within 1 s", "wrote more than 100000 bytes",
        "was ended by signal 9", "cannot run 'no-such-program': no such file or directory",
        "cannot run: invalid argument",
        "cannot enter the folder '/no/folder': no such file or directory",
        "ended with exit code 3",
      ])
  }

  @Test("when the parent throws, the children that run are killed and reaped")
  func unwinding() throws {
    struct Enough: Error {}
    var started: [pid_t] = []
    let scratch = try ScratchFolder()
    let jobs = [
      Self.shell("echo $$ >'\(scratch.path)/a'; exec sleep 600"),
      Self.shell("until test -s '\(scratch.path)/a'; do sleep 0.01; done"),
    ].map { job in
      var job = job
      job.ownGroup = true
      return job
    }
    #expect(throws: Enough.self) {
      try ChildPool(width: 2).run(
        2, job: { (number) throws(Enough) in jobs[number] },
        ended: { (number, _) throws(Enough) in
          if number == 1 { throw Enough() }
        })
    }
    let text = String(decoding: TestFiles.read(scratch.path + "/a") ?? [], as: UTF8.self)
    started = text.split(separator: "\n").compactMap { pid_t($0) }
    #expect(started.count == 1)
    for process in started {
      #expect(kill(process, 0) == -1 && errno == ESRCH)
    }
  }

  @Test("jobs are asked for as there is room, and may be none")
  func lazy() {
    var asked: [String] = []
    ChildPool(width: 1).run(
      4,
      job: { number in
        asked.append("ask \(number)")
        return number == 2 ? nil : Self.shell("true")
      },
      ended: { number, _ in asked.append("end \(number)") })
    #expect(
      asked == ["ask 0", "end 0", "ask 1", "end 1", "ask 2", "ask 3", "end 3"])
  }

  @Test("nothing to run is nothing to wait for")
  func none() {
    #expect(ChildPool(width: 4).run([]).isEmpty)
  }
}
