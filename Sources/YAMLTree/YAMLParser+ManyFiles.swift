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

  /// Reads many files, on all processors; the results in the order of the files, each as `parse` gives it.
  package static func parse(_ files: [File]) -> [Reading] {
    let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let width = min(processors, mostThreads, max(1, files.count / filesForThread))
    let share = (files.count + width - 1) / max(1, width)
    let parts = (0..<width).map { index in
      let start = min(index * share, files.count)
      return Part(files[start..<min(start + share, files.count)])
    }
    let threads = parts.dropFirst().map { start($0) }
    parts[0].run()
    for (part, thread) in zip(parts.dropFirst(), threads) {
      if let thread { pthread_join(thread, nil) } else { part.run() }
    }
    return parts.flatMap(\.readings)
  }

  /// Nil when there is no thread to be had; then the caller does the work.
  private static func start(_ part: Part) -> pthread_t? {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(part)
    let code = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Part>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, context.toOpaque())
    if code == 0 { return thread }
    context.release()
    return nil
  }

  /// The files of one thread. Only one thread at a time has it: the caller looks at the results after the
  /// thread has ended.
  private final class Part: @unchecked Sendable {
    private let files: ArraySlice<File>
    private(set) var readings: [Reading] = []

    init(_ files: ArraySlice<File>) { self.files = files }

    func run() {
      readings.reserveCapacity(files.count)
      for file in files {
        var findings = Findings()
        let documents = YAMLParser.parse(file.bytes, path: file.path, findings: &findings)
        readings.append(Reading(documents: documents, findings: findings))
      }
    }
  }
}
