// SPDX-License-Identifier: Apache-2.0

import JSONTree
import NotifyFormat
import Posix

/// What a notification program has besides its message: the machine's files and variables.
package struct NotifyContext: Sendable {
  /// The environment.
  package var variables: [String: String]

  /// Makes a context.
  package init(variables: [String: String]) { self.variables = variables }

  /// Seconds for one delivery: `FLEET_NOTIFY_TIMEOUT`, 1 to 25, else 20.
  var timeoutSeconds: Int {
    let given = variables["FLEET_NOTIFY_TIMEOUT"].flatMap { Int($0) } ?? 20
    return min(max(given, 1), 25)
  }

  /// Why a secret cannot be had.
  struct Problem: Error {
    let reason: String
  }

  /// A secret: the one line of a file that a setting names, else a variable of the hub's environment; nil without
  /// both.
  func secret(
    _ message: NotifyMessage, _ setting: String, variable: String
  ) throws(Problem) -> String? {
    let text: String
    let origin: String
    if let path = message.settings[setting]?.string {
      origin = "'\(setting)'"
      do throws(PosixError) {
        text = String(decoding: try Files.read(path, limit: 1 << 14), as: UTF8.self)
      } catch {
        throw Problem(reason: "\(error), named by \(origin)")
      }
    } else if let value = variables[variable], !value.isEmpty {
      origin = variable
      text = value
    } else {
      return nil
    }
    let words = text.utf8.split { $0 == 0x20 || ($0 >= 0x09 && $0 <= 0x0d) }
    guard words.count == 1, let word = words.first.flatMap({ String($0) }),
      word.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
    else { throw Problem(reason: "what \(origin) names must hold one word, and nothing else") }
    return word
  }
}

/// The frame of a notification program: standard input → exit code.
enum NotifyFrame {
  /// The largest message, in bytes.
  private static let messageLimit = 4 << 20

  /// Reads the message, delivers it, and says what has come of it as the contract wants.
  static func main(
    _ name: String, _ deliver: (NotifyMessage, NotifyContext) -> NotifyVerdict
  ) -> Int32 {
    BrokenPipe.ignore()
    let program = "fleet-notify-\(name)"
    let message: NotifyMessage
    do {
      message = try NotifyMessage(try StandardInput.readAll(limit: messageLimit))
    } catch let refusal as NotifyMessage.Refusal {
      StandardStream.error.line("\(program): \(words(refusal))")
      return 64
    } catch {
      StandardStream.error.line("\(program): \(error)")
      return 64
    }
    let verdict = deliver(message, NotifyContext(variables: Environment.all))
    if let reason = verdict.reason { StandardStream.error.line("\(program): \(reason)") }
    if !verdict.output.isEmpty { try? StandardStream.output.write(verdict.output) }
    return verdict.exitCode
  }

  /// The verdict about settings that cannot be used; nil when they can.
  static func refusal(_ name: String, _ message: NotifyMessage) -> NotifyVerdict? {
    NotifySettings.problems(program: name, settings: message.settings).first
      .map { .refused(reason: $0) }
  }

  private static func words(_ refusal: NotifyMessage.Refusal) -> String {
    switch refusal {
    case .noJSON: "the message on standard input is no JSON"
    case .malformed(let member): "the message has no '\(member)' that can be read"
    case .format(let number):
      "the message has format \(number), this program reads format \(NotifyMessage.version)"
    }
  }
}

extension Result<Curl.Answer, Curl.Failure> {
  /// What an answer means: 2xx has it; 408, 425, 429 and 5xx, and no answer at all, may work later; all else never
  /// will.
  ///
  /// - Parameters:
  ///   - receiver: as people call it.
  ///   - secrets: what may stand in no reason.
  func verdict(_ receiver: String, hiding secrets: [String]) -> NotifyVerdict {
    switch self {
    case .failure(let failure):
      return .again(reason: Self.hidden(failure.reason, secrets), retryAfter: nil)
    case .success(let answer):
      if (200..<300).contains(answer.status) { return .delivered }
      // Not its status line alone: 'no_service' says more than 404.
      let said =
        NotifyVerdict.shortened(String(decoding: answer.body.prefix(1024), as: UTF8.self))
      let reason = Self.hidden(
        "\(receiver) answered \(answer.status)" + (said.isEmpty ? "" : ": \(said)"), secrets)
      guard answer.status >= 500 || [408, 425, 429].contains(answer.status) else {
        return .refused(reason: reason)
      }
      let wait = answer.headers["retry-after"].flatMap { Int($0) }
      return .again(
        reason: reason, retryAfter: wait.map { min(max($0, 0), NotifyVerdict.longestWait) })
    }
  }

  private static func hidden(_ text: String, _ secrets: [String]) -> String {
    var text = text
    for secret in secrets where !secret.isEmpty {
      text = text.split(separator: secret, omittingEmptySubsequences: false)
        .joined(separator: "…")
    }
    return text
  }
}
