// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import SliceFormat

/// What the words after `fleet-sync` ask for.
enum SyncCommand: Sendable, Hashable {
  case run(SyncOptions)
  case help
  case version
}

/// Words that make no sense: exit 64.
struct UsageError: Error, Sendable, Hashable {
  /// What is wrong.
  let message: String
  /// What was probably meant.
  var hint: String?

  init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
}

extension SyncCommand {
  /// The text of `--help`.
  static let helpText = """
    Keep this cluster at the state that its hub tells.

    Usage:
      fleet-sync --cluster NAME --hub URL... --state DIR [options]
      fleet-sync import FILE --cluster NAME --state DIR [options]

    Fetches this cluster's slice, applies it, takes away what is gone from it, and
    reports. Runs once; start it from cron, a systemd timer or a CronJob. Without
    network it applies what it has. 'import' takes the slice from a file that
    'kubectl fleet export' wrote.

    Options:
      --cluster NAME       this cluster's name in the fleet
      --hub URL            the hub: a folder, file://, ssh://, user@host:path, http(s)://;
                           several are asked in their order; one that ends in .git is a
                           mirror of slices.git; 'none' for a site without network
      --state DIR          where this program keeps what it knows; made when missing
      --target TARGET      kubectl (default), or dir:PATH for a folder of manifests
      --kubeconfig FILE    given to kubectl
      --context NAME       given to kubectl
      --inventory-namespace NAME  where the cluster keeps the record of what is ours
                           (default kubectl-fleet-system; made when missing), and
                           where the service accounts of bundles are
      --drift-check on|off off: an unchanged slice that is Ready is not applied again
                           (default on)
      --heartbeat TIME     push an unchanged status this often (default 1h, 0 never)
      --timeout TIME       the longest talk with the hub (default 2m)
      --back-off TIME      after failures a hub is asked again after twice this, four
                           times this and so on, at most 1h (default 1m, 0 at each run)
      --now                ask now: somebody is waiting
      --status-to FILE     with 'import': put the status into this file too, for
                           'fleet-hub import-status'
      --apply-timeout TIME the longest call of kubectl (default 5m)
      --hook-timeout TIME  how long hooks of a chart are waited for (default 5m)
      --gate-config FILE   what gate programs are told: a JSON object with a member for
                           each, such as {"prometheus": {"address": "http://…"}}
      --fact NAME=VALUE    what the hub may know of this site, such as rack=b12; may be
                           given several times
      --jitter TIME        wait up to TIME, each cluster another time (default 0)
      --removal-limit N    refuse a slice that takes away more than N objects (or N%) which
                           the hub has not allowed (default 25%, at least 5 objects)
      --allow-removals     take it all the same, in this run
      --take-over          manage a cluster that another name manages
      -h, --help           show this text
      --version            show the version

    TIME is a number with s, m or h: 30s, 5m, 1h.
    Exit: 0 done; 1 a bundle was not applied or the slice was refused; 64 wrong usage;
    70 internal error; 75 the hub or the cluster was out of reach, or another run is on.

    """

  private static let valued = [
    "--cluster", "--hub", "--state", "--target", "--kubeconfig", "--context",
    "--inventory-namespace", "--drift-check",
    "--heartbeat", "--timeout", "--apply-timeout", "--hook-timeout", "--jitter", "--back-off",
    "--status-to", "--gate-config", "--removal-limit", "--fact",
  ]
  private static let plain = ["--take-over", "--allow-removals", "--now", "--help", "--version"]

  /// Reads the words after the program's name.
  static func parse(_ given: [String]) throws(UsageError) -> SyncCommand {
    var words = given
    var values: [String: String] = [:]
    var takesOver = false
    var allowsRemovals = false
    var network = NetworkWords(&words)
    var facts = FactWords()
    var rest = words[...]
    while let word = rest.popFirst() {
      switch word {
      case "-h", "--help": return .help
      case "--version": return .version
      case "--take-over":
        takesOver = true
        continue
      case "--allow-removals":
        allowsRemovals = true
        continue
      case "--now":
        network.asksNow = true
        continue
      case _ where network.takes(word): continue
      default: break
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts.first.map(String.init) ?? word
      guard valued.contains(name) else { throw unknown(name) }
      guard values[name] == nil else { throw UsageError("'\(name)' is given twice") }
      if name == "--hub", let hub = parts.count == 2 ? String(parts[1]) : rest.popFirst() {
        network.hubs.append(hub)
      } else if name == "--fact", let fact = parts.count == 2 ? String(parts[1]) : rest.popFirst() {
        try facts.add(fact)
      } else if parts.count == 2 {
        values[name] = String(parts[1])
      } else if let value = rest.popFirst() {
        values[name] = value
      } else {
        throw UsageError("'\(name)' needs a value")
      }
    }
    var options = try Self.options(values, network, takesOver: takesOver)
    options.removals.allowsAll = allowsRemovals
    options.facts = facts.facts
    return .run(options)
  }

  private static func options(
    _ values: [String: String], _ network: NetworkWords, takesOver: Bool
  ) throws(UsageError) -> SyncOptions {
    let cluster = try required(values, "--cluster", "NAME")
    guard ClusterName.isValid(cluster) else {
      throw UsageError(
        "'\(PrintableText.escape(cluster))' is no cluster name",
        hint: "names have small letters, digits, '-' and '.'")
    }
    let hubs = try network.addresses()
    let state = try required(values, "--state", "DIR")
    var options = SyncOptions(cluster: cluster, hubs: hubs, stateFolder: state)
    options.stick = try network.stick(statusFile: values["--status-to"])
    options.network.asksNow = network.asksNow
    options.network.backOff = try seconds(values, "--back-off") ?? options.network.backOff
    options.takesOver = takesOver
    if let limit = values["--removal-limit"] {
      options.removals.limit = try RemovalOptions.limit(limit)
    }
    options.gateConfig = values["--gate-config"]
    options.kubeconfig = values["--kubeconfig"]
    options.context = values["--context"]
    if let namespace = values["--inventory-namespace"] {
      guard ClusterName.isValid(namespace), !namespace.contains(".") else {
        throw UsageError("'\(PrintableText.escape(namespace))' is no namespace")
      }
      options.inventoryNamespace = namespace
    }
    if let target = values["--target"] { options.target = try self.target(target) }
    switch values["--drift-check"] {
    case nil, "on": options.checksDrift = true
    case "off": options.checksDrift = false
    case .some(let other): throw UsageError("'--drift-check' is on or off, not '\(other)'")
    }
    options.heartbeat = try seconds(values, "--heartbeat") ?? options.heartbeat
    options.timeout = try positive(values, "--timeout") ?? options.timeout
    options.applyTimeout = try positive(values, "--apply-timeout") ?? options.applyTimeout
    options.hookTimeout = try positive(values, "--hook-timeout") ?? options.hookTimeout
    options.jitter = try seconds(values, "--jitter") ?? options.jitter
    if case .folder = options.target {
      let names = ["--kubeconfig", "--context", "--inventory-namespace", "--hook-timeout"]
      for name in names where values[name] != nil {
        throw UsageError("'\(name)' has no meaning with '--target dir:PATH'")
      }
    }
    return options
  }

  private static func target(_ text: String) throws(UsageError) -> SyncOptions.Target {
    if text == "kubectl" { return .kubectl }
    if text.hasPrefix("dir:"), text.utf8.count > 4 { return .folder(String(text.dropFirst(4))) }
    throw UsageError("'\(text)' is no target", hint: "--target kubectl, or --target dir:PATH")
  }

  private static func required(
    _ values: [String: String], _ name: String, _ what: String
  ) throws(UsageError) -> String {
    guard let value = values[name], !value.isEmpty else {
      throw UsageError("'\(name) \(what)' is missing", hint: "fleet-sync --help")
    }
    return value
  }

  private static func positive(
    _ values: [String: String], _ name: String
  ) throws(UsageError) -> Int? {
    let value = try seconds(values, name)
    if value == 0 { throw UsageError("'\(name)' must be more than 0") }
    return value
  }

  /// A number with `s`, `m` or `h`, at most 30 days; a bare `0` needs no unit.
  private static func seconds(
    _ values: [String: String], _ name: String
  ) throws(UsageError) -> Int? {
    guard let text = values[name] else { return nil }
    if text == "0" { return 0 }
    let factors: [Character: Int] = ["s": 1, "m": 60, "h": 3600]
    let limit = 30 * 24 * 3600
    guard let unit = text.last, let factor = factors[unit], let number = Int(text.dropLast()),
      number >= 0, number <= limit / factor
    else {
      throw UsageError(
        "'\(PrintableText.escape(text))' is no time for '\(name)'",
        hint: "write 30s, 5m or 1h, at most 720h")
    }
    return number * factor
  }

  private static func unknown(_ word: String) -> UsageError {
    let known = valued + plain
    let shown = PrintableText.escape(word)
    let message = word.hasPrefix("-") ? "unknown flag '\(shown)'" : "unexpected word '\(shown)'"
    let hint = Suggestion.nearest(to: word, among: known).map { "did you mean '\($0)'?" }
    return UsageError(message, hint: hint ?? "fleet-sync --help")
  }
}
