// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// Judges a hub folder.
struct HubDoctor {
  private let hub: HubFacts

  /// Takes the facts of a hub.
  init(_ hub: HubFacts) {
    self.hub = hub
  }

  /// All lines about the hub.
  var lines: [Diagnosis] {
    [Diagnosis(.ok, "the hub is '\(hub.root)'")] + ownership + descriptor + settings + programs
      + hooks + cache + checks + cron + disk + progress
  }

  private var ownership: [Diagnosis] {
    guard let first = hub.foreign.first else {
      return [Diagnosis(.ok, "the files of the hub belong to you")]
    }
    let more = hub.foreign.count - 1
    return [
      Diagnosis(
        .error,
        "'\(first.path)'\(more > 0 ? " and \(Wording.number(more)) more" : "") belongs to user "
          + "\(first.owner), you are \(hub.user); git refuses such repositories",
        mend: hub.user == 0
          ? "run this as the owner of the hub" : "sudo chown -R $(id -un) '\(hub.root)'")
    ]
  }

  private var descriptor: [Diagnosis] {
    if let problem = hub.descriptorProblem {
      return [
        Diagnosis(.error, "hub.json: \(problem)", mend: "restore '\(hub.root)/hub.json'")
      ]
    }
    return [Diagnosis(.ok, "hub.json is there")]
  }

  private var settings: [Diagnosis] {
    let wrong = hub.settings.filter { $0.found != $0.wanted }
    if wrong.isEmpty {
      return [Diagnosis(.ok, "\(Wording.count(hub.settings.count, "setting")) of the repositories")]
    }
    return wrong.map { setting in
      Diagnosis(
        .warning,
        "\(setting.repository): \(setting.key) is "
          + "\(setting.found.map { Wording.quoted($0) } ?? "not set"), not '\(setting.wanted)'",
        mend: "git -C '\(hub.root)/\(setting.repository)' config \(setting.key) \(setting.wanted)")
    }
  }

  private var programs: [Diagnosis] {
    let place = hub.libexec.map { "'\($0)'" } ?? "the search path"
    if hub.missingHookPrograms.isEmpty {
      return [Diagnosis(.ok, "the hooks find their programs in \(place)")]
    }
    return [
      Diagnosis(
        .error,
        "the hooks do not find \(Wording.list(hub.missingHookPrograms)) in \(place)",
        mend:
          "for r in fleet slices status; do git -C '\(hub.root)'/$r.git config fleet.libexec DIR; "
          + "done")
    ]
  }

  private var hooks: [Diagnosis] {
    let install = "kubectl fleet hooks install '\(hub.root)'"
    let lines = hub.hooks.compactMap { hook -> Diagnosis? in
      let path = hook.place.path
      return switch hook.state {
      case .current(isExecutable: true): nil
      case .current(isExecutable: false):
        Diagnosis(.error, "\(path) cannot be run", mend: "chmod +x '\(hub.root)/\(path)'")
      case .missing: Diagnosis(.error, "\(path) is missing", mend: install)
      case .other: Diagnosis(.warning, "\(path) is of another version", mend: install)
      case .edited:
        Diagnosis(.warning, "\(path) was changed by somebody", mend: "\(install) --force")
      case .foreign:
        Diagnosis(
          .error, "\(path) is not ours",
          mend: "mv '\(hub.root)/\(path)' '\(hub.root)/\(path).old' && \(install)")
      }
    }
    return lines.isEmpty ? [Diagnosis(.ok, Wording.count(hub.hooks.count, "hook"))] : lines
  }

  private var cache: [Diagnosis] {
    if let folder = hub.unwritableCache {
      return [
        Diagnosis(
          .warning, "the cache of renderings, '\(folder)', cannot be written",
          mend: "chmod -R u+rwX '\(hub.root)/cache'")
      ]
    }
    guard let count = hub.cachedRenderings else { return [] }
    let size = Wording.number(Int(clamping: (hub.cacheBytes + (1 << 20) - 1) / (1 << 20)))
    return [
      Diagnosis(.ok, "\(Wording.count(count, "entry")) in the cache of renderings, \(size) MiB")
    ]
  }

  private var checks: [Diagnosis] {
    hub.checks.flatMap { check -> [Diagnosis] in
      guard let path = check.path else {
        if let file = check.idleFile {
          return [Diagnosis(.error, "'\(file)' cannot be run", mend: "chmod +x '\(file)'")]
        }
        return [
          Diagnosis(
            .error,
            "the settings name \(check.program), which is not found: every push is refused",
            mend: "cp \(check.program) '\(hub.root)/checks/'")
        ]
      }
      let found = Diagnosis(.ok, "every push runs '\(path)'")
      guard check.program == "fleet-check-schema", hub.schemas == nil else { return [found] }
      let schemas = "'\(hub.root)/schemas'"
      return [
        found,
        Diagnosis(
          .warning, "there are no schemas of Kubernetes' own kinds for it",
          mend: "mkdir -p \(schemas) && kubectl get --raw /openapi/v2 >\(schemas)/all.json"),
      ]
    }
  }

  private var cron: [Diagnosis] {
    if let line = hub.cronLines.first { return [Diagnosis(.ok, "cron runs '\(line)'")] }
    return [
      Diagnosis(
        .warning,
        "cron does not run 'fleet-hub tick': statuses are not read, cut pushes not finished",
        mend: "(crontab -l 2>/dev/null; cat '\(hub.root)/fleet-hub.cron') | crontab -")
    ]
  }

  /// Below this the next push may not find room.
  private static let littleSpace: Int64 = 1 << 30

  private var disk: [Diagnosis] {
    guard let free = hub.freeBytes else { return [] }
    let gigabytes = free / (1 << 30)
    let megabytes = free / (1 << 20)
    if free < Self.littleSpace {
      return [
        Diagnosis(.warning, "only \(megabytes) MiB are free", mend: "df -h '\(hub.root)'")
      ]
    }
    return [Diagnosis(.ok, "\(Wording.number(Int(clamping: gigabytes))) GiB are free")]
  }

  private var progress: [Diagnosis] {
    guard let pushed = hub.pushed else {
      return [Diagnosis(.ok, "nothing was pushed yet", mend: "git push -u origin main")]
    }
    let tick = "fleet-hub tick --hub '\(hub.root)'"
    guard let released = hub.released else {
      return [Diagnosis(.error, "commit \(pushed) was pushed and nothing is released", mend: tick)]
    }
    if pushed != released {
      return [
        Diagnosis(
          .error, "commit \(pushed) was pushed, commit \(released) is released", mend: tick)
      ]
    }
    if !hub.isPublished {
      return [
        Diagnosis(.error, "commit \(pushed) is released and not published", mend: tick)
      ]
    }
    return [Diagnosis(.ok, "commit \(pushed) is released and published")]
  }
}
