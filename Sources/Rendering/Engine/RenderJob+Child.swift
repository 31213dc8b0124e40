// SPDX-License-Identifier: Apache-2.0

import Posix

extension RenderJob {
  /// The child that does this job.
  func child(
    _ program: RenderProgram, _ environment: [String: String], folder: String,
    _ limits: RenderLimits
  ) -> ChildJob {
    let below = Array("\(Self.folderArgument)/".utf8)
    let arguments = self.arguments.map { argument in
      if argument == Self.folderArgument { return folder }
      guard argument.utf8.starts(with: below) else { return argument }
      return folder + argument.dropFirst(Self.folderArgument.count)
    }
    var child = ChildJob([program.path] + program.verb + arguments)
    child.environment = environment
    child.directory = folder
    child.input = input.isEmpty ? .nothing : .bytes(input)
    child.ownGroup = true
    child.timeoutSeconds = limits.seconds
    child.outputLimit = limits.outputBytes
    return child
  }
}

extension RenderOutcome {
  /// More of what a program said than this helps nobody.
  private static let longestComplaint = 64 << 10

  /// Makes the outcome of a child that has ended.
  ///
  /// What it said is the same wherever and whenever it ran: the path of its folder is taken out, and the
  /// time and process that Go's klog (some builds of kubectl) puts before a line.
  init(_ child: ChildResult, of renderer: Renderer, folder: String, scratch: String) {
    if child.succeeded {
      self = .output(child.output)
      return
    }
    let end: String
    switch child.status {
    case .wroteTooMuch(let limit) where limit >= 1 << 20:
      end = "\(renderer.rawValue) wrote more than \(limit >> 20) MiB"
    default: end = "\(renderer.rawValue) \(child.status)"
    }
    guard case .exit = child.status, !child.errorOutput.isEmpty else {
      self = .failed(Array(end.utf8))
      return
    }
    var said = Array(child.errorOutput.prefix(Self.longestComplaint))
    said = said.replacing(Array("\(folder)/".utf8), with: [])
    said = said.replacing(Array(folder.utf8), with: Array(".".utf8))
    said = Self.withoutLogHeaders(said)
    // Nothing else of ours should be named; if it is, not with a name that is another one next time.
    self = .failed(said.replacing(Array(scratch.utf8), with: Array("SCRATCH".utf8)))
  }

  /// Source: k8s.io/klog, `Lmmdd hh:mm:ss.uuuuuu threadid file:line] msg`.
  private static func withoutLogHeaders(_ text: [UInt8]) -> [UInt8] {
    let lines = text.split(separator: 0x0a, omittingEmptySubsequences: false).map { line in
      let head = line.prefix(6)
      guard let level = head.first, "IWEF".utf8.contains(level), head.count == 6,
        head.dropFirst().prefix(4).allSatisfy({ (0x30...0x39).contains($0) }), head.last == 0x20,
        let bracket = line.prefix(100).firstIndex(of: UInt8(ascii: "]"))
      else { return line }
      return line[(bracket + 1)...].drop { $0 == 0x20 }
    }
    return Array(lines.joined(separator: [0x0a]))
  }
}
