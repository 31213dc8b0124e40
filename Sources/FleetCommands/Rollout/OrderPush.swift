// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
import HubService
import Posix
import Rollouts

/// Gives an order: a commit of its own, pushed to a ref of its own.
struct OrderPush {
  let refs: HubRefs
  let context: CommandContext

  /// What the hub has said, without git's marks.
  struct Answer {
    let text: String
    let isAccepted: Bool
  }

  /// Pushes the order. The user's own repository is pushed from when the hub is reached by a URL, so that its settings
  /// count; for a hub on this machine a scratch repository does.
  func send(_ order: RolloutOrder) throws(CommandError) -> Answer {
    if let git = refs.git { return try send(order, from: refs.store, git) }
    let folder = try failing {
      try Files.makeTemporaryDirectory(
        prefix: "kubectl-fleet",
        in: context.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp")
    }
    defer { try? Files.removeTree(folder) }
    let git = GitProgram(directory: folder, environment: context.environment)
    _ = try git.run(["init", "--quiet", "--bare", "."])
    return try send(order, from: try failing { try Repository.open(folder) }, git)
  }

  private func send(
    _ order: RolloutOrder, from store: Repository, _ git: GitProgram
  ) throws(CommandError) -> Answer {
    var random = SystemRandomNumberGenerator()
    let commit = try failing {
      try OrderInbox.write(
        order, nonce: Self.digits(&random) + Self.digits(&random), seconds: context.now.seconds,
        to: store)
    }
    let ref = "\(OrderInbox.prefix)\(order.verb.rawValue)-\(Self.digits(&random))"
    // The user's own hooks are about commits, and tags have nothing to do with orders.
    let arguments = [
      "push", "--no-verify", "--no-follow-tags", "--no-signed", "--recurse-submodules=no",
      refs.location.fleet, "\(commit.hex):\(ref)",
    ]
    let result = try git.result(arguments)
    let answer = Self.answer(result.errorOutput)
    if result.succeeded { return Answer(text: answer, isAccepted: true) }
    if !answer.isEmpty { return Answer(text: answer, isAccepted: false) }
    let failure = GitProgram.failure(result, arguments)
    throw CommandError(
      "the hub '\(refs.location.base)' cannot be pushed to", notes: failure.notes,
      hints: failure.hints, status: .tryLater)
  }

  /// The lines of the hub's hooks in what git has written.
  private static func answer(_ output: [UInt8]) -> String {
    let marker = Array("remote:".utf8)
    var text = ""
    for line in output.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d })
    where line.starts(with: marker) {
      var rest = line.dropFirst(marker.count)
      if rest.first == 0x20 { rest = rest.dropFirst() }
      // Git pads lines so that they hide a progress line.
      while rest.last == 0x20 { rest = rest.dropLast() }
      if !rest.isEmpty { text += String(decoding: rest, as: UTF8.self) + "\n" }
    }
    return text
  }

  private static func digits(_ random: inout SystemRandomNumberGenerator) -> String {
    let digits = String(random.next() as UInt64, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
