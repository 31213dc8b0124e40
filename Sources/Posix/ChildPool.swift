// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Runs many children side by side: one thread, one poll.
package struct ChildPool: Sendable {
  /// How many run at the same time; at least 1, at most 256.
  package let width: Int

  /// Makes a pool; a width out of bounds is brought into them.
  package init(width: Int) {
    self.width = min(max(width, 1), 256)
  }

  /// The processors of this machine.
  package static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Runs all jobs to their ends.
  ///
  /// A job is asked for when there is room for it, in the order of the numbers, so that jobs and what
  /// they stand on need not all exist at once. A child that cannot be started, or talked to, is an error
  /// of its job alone. When one of the functions throws, or this process is unwound otherwise, the
  /// running children are killed and reaped before this returns.
  ///
  /// - Parameters:
  ///   - count: how many jobs there are.
  ///   - job: makes the job of a number, 0 to `count` - 1; nil when there is nothing to run for it, then
  ///     its end is not told.
  ///   - ended: is told the end of each job, in the order in which they end.
  package func run<Failure: Error>(
    _ count: Int, job: (Int) throws(Failure) -> ChildJob?,
    ended: (Int, Result<ChildResult, PosixError>) throws(Failure) -> Void
  ) throws(Failure) {
    var following = 0
    try run(
      next: { () throws(Failure) in
        while following < count {
          let number = following
          following += 1
          if let job = try job(number) { return .job(number, job) }
        }
        return .later
      }, ended: ended)
  }

  /// Runs all jobs to their ends and gives the results in the order of the jobs.
  package func run(_ jobs: [ChildJob]) -> [Result<ChildResult, PosixError>] {
    var results: [Result<ChildResult, PosixError>?] = Array(repeating: nil, count: jobs.count)
    run(jobs.count, job: { jobs[$0] }, ended: { results[$0] = $1 })
    return results.compactMap { $0 }
  }
}
