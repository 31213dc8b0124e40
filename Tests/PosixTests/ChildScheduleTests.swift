// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Posix
import Testing

@Suite("Children that wait for others")
struct ChildScheduleTests {
  @Test("a job that has to wait is asked for after each end, others run meanwhile")
  func waiting() throws {
    let scratch = try ScratchFolder()
    // 0 ends when 2 has run, which may only start after 1.
    let mark = scratch.path + "/mark"
    let scripts = ["while ! [ -e '\(mark)' ]; do sleep 0.01; done", "true", "touch '\(mark)'"]
    var started: [Int] = []
    var ended: [Int] = []
    ChildPool(width: 2).run(
      next: {
        let number = started.count
        guard number < scripts.count, number != 2 || ended.contains(1) else { return .later }
        started.append(number)
        var job = ChildJob(["sh", "-c", scripts[number]])
        job.timeoutSeconds = 60
        return .job(number, job)
      },
      ended: { number, result in
        ended.append(number)
        #expect((try? result.get().succeeded) == true)
      })
    #expect(started == [0, 1, 2])
    // Which of the last two is seen first is up to the machine.
    #expect(ended.first == 1 && Set(ended) == [0, 1, 2])
  }

  @Test("a job that cannot be started is told, and the next one is asked for")
  func notStarted() {
    var number = 0
    var ends: [String] = []
    ChildPool(width: 1).run(
      next: {
        number += 1
        switch number {
        case 1: return .job(1, ChildJob(["/nowhere/program"]))
        case 2: return .job(2, ChildJob(["true"]))
        default: return .later
        }
      },
      ended: { number, result in
        switch result {
        case .success(let result): ends.append("\(number) \(result.status)")
        case .failure(let error): ends.append("\(number) \(error.reason)")
        }
      })
    #expect(ends == ["1 no such file or directory", "2 ended with exit code 0"])
  }

  @Test("nothing to do is the end")
  func nothing() {
    ChildPool(width: 4).run(next: { .later }, ended: { _, _ in Issue.record("nothing has run") })
  }
}
