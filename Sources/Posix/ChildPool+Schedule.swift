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
  /// A job that cannot be started, or talked to, is an error of its job alone. When one of the functions
  /// throws, or this process is unwound otherwise, the running children are killed and reaped before this
  /// returns.
  ///
  /// - Parameters:
  ///   - next: is asked whenever there is room, at the beginning and after each end.
  ///   - ended: is told the end of each job, in the order in which they end.
  package func run<Failure: Error>(
    next: () throws(Failure) -> Next,
    ended: (Int, Result<ChildResult, PosixError>) throws(Failure) -> Void
  ) throws(Failure) {
    var running: [RunningChild] = []
    var numbers: [Int] = []
    defer {
      // All are told before the first is waited for.
      for child in running { child.kill() }
      while !running.isEmpty {
        for end in RunningChild.round(running).reversed() { running.remove(at: end.place) }
      }
    }
    while true {
      asking: while running.count < width {
        switch try next() {
        case .later: break asking
        case .job(let number, let job):
          do throws(PosixError) {
            running.append(try job.start())
            numbers.append(number)
          } catch {
            try ended(number, .failure(error))
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
      for end in told { try ended(end.number, end.result) }
    }
  }
}
