// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
import Glibc

extension YAMLParser {
  /// A file that is to be read.
  package struct File: Sendable {
    /// The path that findings and spans name.
    package let path: String
    /// The content.
    package let bytes: [UInt8]

    /// Makes a file.
    package init(path: String, bytes: [UInt8]) {
      self.path = path
      self.bytes = bytes
    }
  }

  /// What a file came to.
  package struct Reading: Sendable {
    /// The documents, without those in which an error was found.
    package let documents: [YAMLDocument]
    /// What is wrong.
    package let findings: Findings
  }

  /// Fewer files than this are read sooner than a thread is started for them.
  private static let filesForThread = 64
  /// More threads than this gain nothing: what follows is done by one.
  private static let mostThreads = 8

  /// Reads many files, on all processors; what is made of each, in the order of the files.
  ///
  /// - Parameter body: makes something of a file and of what `parse` gives for it; it runs on several threads.
  package static func parse<Result: Sendable>(
    _ files: [File], _ body: @escaping @Sendable (File, Reading) -> Result
  ) -> [Result] {
    let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let width = min(processors, mostThreads, max(1, files.count / filesForThread))
    let share = (files.count + width - 1) / max(1, width)
    let parts = (0..<width).map { index in
      let start = min(index * share, files.count)
      return Part(files[start..<min(start + share, files.count)], body)
    }
    let threads = parts.dropFirst().map { start($0) }
    parts[0].run()
    for (part, thread) in zip(parts.dropFirst(), threads) {
      if let thread { pthread_join(thread, nil) } else { part.run() }
    }
    return parts.flatMap(\.results)
  }

  /// Nil when there is no thread to be had; then the caller does the work.
  private static func start(_ part: some Work) -> pthread_t? {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(Box(part))
    let code = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().work.run() }
        return nil
      }, context.toOpaque())
    if code == 0 { return thread }
    context.release()
    return nil
  }

  private protocol Work: Sendable { func run() }

  /// What a thread is given: one pointer.
  private final class Box: Sendable {
    let work: any Work

    init(_ work: some Work) { self.work = work }
  }

  /// The files of one thread. Only one thread at a time has it: the caller looks at the results after the
  /// thread has ended.
  private final class Part<Result: Sendable>: @unchecked Sendable, Work {
    private let files: ArraySlice<File>
    private let body: @Sendable (File, Reading) -> Result
    private(set) var results: [Result] = []

    init(_ files: ArraySlice<File>, _ body: @escaping @Sendable (File, Reading) -> Result) {
      self.files = files
      self.body = body
    }

    func run() {
      results.reserveCapacity(files.count)
      for file in files {
        var findings = Findings()
        let documents = YAMLParser.parse(file.bytes, path: file.path, findings: &findings)
        results.append(body(file, Reading(documents: documents, findings: findings)))
      }
    }
  }
}
