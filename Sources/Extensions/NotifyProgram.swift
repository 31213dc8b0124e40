// SPDX-License-Identifier: Apache-2.0

package import NotifyFormat
package import Posix

/// Runs a notification program: `fleet-notify-NAME`, one message a run.
///
/// A program that does not run as it should has not delivered: its message stays in the outbox.
package struct NotifyProgram: Sendable {
  /// How much a program may take.
  package struct Limits: Sendable, Hashable {
    /// Seconds until it is ended; the programs that come with kubectl fleet give up after 20.
    package var seconds = 30
    /// The most that is read of its standard output, and of its standard error, in bytes.
    package var outputBytes = 1 << 16

    /// Makes the standard limits.
    package init() {}
  }

  /// The program.
  package let program: ExtensionProgram
  private let limits: Limits
  private let variables: [String: String]

  /// Makes a runner.
  ///
  /// - Parameter variables: the environment of this process, of which a program gets what concerns the network and
  ///   `FLEET_NOTIFY_…`.
  package init(
    _ program: ExtensionProgram, limits: Limits = Limits(),
    variables: [String: String] = Environment.all
  ) {
    self.program = program
    self.limits = limits
    self.variables = variables
  }

  /// The child that delivers a message; `verdict` reads how it ended.
  package func job(_ message: NotifyMessage) -> ChildJob {
    var job = ChildJob([program.path])
    job.environment = environment
    job.directory = "/"
    job.input = .bytes(message.bytes)
    job.ownGroup = true
    job.timeoutSeconds = limits.seconds
    job.outputLimit = limits.outputBytes
    return job
  }

  /// What the end of the child means.
  package func verdict(_ result: Result<ChildResult, PosixError>) -> NotifyVerdict {
    switch result {
    case .failure(let error):
      return .again(reason: "'\(program.name)' could not be run: \(error.reason)", retryAfter: nil)
    case .success(let result):
      switch result.status {
      case .exit(let code):
        return NotifyVerdict(
          exitCode: code, output: result.output, errorOutput: result.errorOutput)
      case .signal, .timedOut, .wroteTooMuch:
        return .again(reason: "'\(program.name)' \(result.status)", retryAfter: nil)
      }
    }
  }

  /// Delivers a message and waits for it.
  package func run(_ message: NotifyMessage) -> NotifyVerdict {
    var verdict = NotifyVerdict.again(reason: "'\(program.name)' was not run", retryAfter: nil)
    ChildPool(width: 1).run(1, job: { _ in job(message) }, ended: { verdict = self.verdict($1) })
    return verdict
  }

  /// The variables of a machine's network, as curl and OpenSSL know them.
  private static let network = [
    "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
    "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR",
  ]

  private var environment: [String: String] {
    let passed = variables.filter { variable in
      variable.key.hasPrefix("FLEET_NOTIFY_") || Self.network.contains(variable.key)
    }
    let own = [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/proc/nonexistent", "LC_ALL": "C",
      "TZ": "UTC", "FLEET_NOTIFY_FORMAT": "\(NotifyMessage.version)",
    ]
    return passed.merging(own) { _, own in own }
  }
}

extension ExtensionProgram {
  /// The prefix of the names of notification programs.
  package static let notifyPrefix = "fleet-notify-"

  /// Finds a notification program: in the folders of `FLEET_NOTIFY_PATH`, then in those given, then on `PATH`. Relative
  /// folders are passed over.
  ///
  /// - Parameters:
  ///   - name: what stands behind `fleet-notify-`: lower case letters, digits and dashes; anything else is not found.
  ///   - folders: such as the `notifiers` folder of the hub.
  ///   - variables: the environment of this process.
  package static func notifier(
    named name: String, folders: [String], variables: [String: String] = Environment.all
  ) -> ExtensionProgram? {
    guard NotificationReceiver.isProgram(name) else { return nil }
    let places = [variables["FLEET_NOTIFY_PATH"] ?? ""] + folders + [variables["PATH"] ?? ""]
    let program = notifyPrefix + name
    return Child.find(program, path: places.joined(separator: ":"))
      .map { ExtensionProgram(name: program, path: $0) }
  }
}
