// SPDX-License-Identifier: Apache-2.0

extension ChildPool {
  /// What is to be done when there is room for one more child.
  package enum Next {
    /// Start this job; the number names it when its end is told.
    case job(Int, ChildJob)
    /// Ask again when one of the running children has ended. When none runs, it is the end.
    case later
  }

  /// Runs jobs of which each may have to wait for others, until there is nothing to wait for.
  ///
  /// A job that cannot be started, or talked to, is an error of its job alone.
  ///
  /// - Parameters:
  ///   - next: is asked whenever there is room, at the beginning and after each end.
  ///   - ended: is told the end of each job, in the order in which they end.
  package func run(
    next: () -> Next, ended: (Int, Result<ChildResult, PosixError>) -> Void
  ) {
    var running: [RunningChild] = []
    var numbers: [Int] = []
    while true {
      asking: while running.count < width {
        switch next() {
        case .later: break asking
        case .job(let number, let job):
          do throws(PosixError) {
            running.append(try job.start())
            numbers.append(number)
          } catch {
            ended(number, .failure(error))
          }
        }
      }
      if running.isEmpty { return }
      let ends = RunningChild.round(running)
      let told = ends.map { (number: numbers[$0.place], result: $0.result) }
      for end in ends.reversed() {
        running.remove(at: end.place)
        numbers.remove(at: end.place)
      }
      for end in told { ended(end.number, end.result) }
    }
  }
}
