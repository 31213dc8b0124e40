// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import Posix
import Rendering
import Testing

@testable import FleetCommands

@Suite("doctor")
struct DoctorTests {
  /// A hub without a fault.
  private static let healthy = HubFacts(
    root: "/srv/hub", user: 1000,
    settings: [
      HubFacts.Setting(repository: "fleet.git", key: "gc.auto", wanted: "0", found: "0")
    ],
    libexec: "/usr/libexec",
    hooks: [
      HubFacts.Hook(
        place: HookFiles.Place(repository: "fleet.git", name: "pre-receive"),
        state: .current(isExecutable: true))
    ],
    cronLines: ["* * * * * fleet-hub tick --hub /srv/hub"], cachedRenderings: 1234,
    cacheBytes: 5_000_000,
    checks: [
      HubFacts.Check(
        program: "fleet-check-schema", path: "/usr/local/bin/fleet-check-schema", idleFile: nil)
    ], schemas: "/srv/hub/schemas", freeBytes: 5 << 30,
    pushed: "1a2b3c4", released: "1a2b3c4")

  private static func facts(_ change: (inout HubFacts) -> Void = { _ in }) -> DoctorFacts {
    var hub = healthy
    change(&hub)
    return DoctorFacts(
      git: "2.39.5", kubectl: "v1.32.4",
      renderers: [
        DoctorFacts.RendererFact(
          renderer: .helm, version: "v3.17.3", bundles: ["web"], hubVersion: "v3.17.3"),
        DoctorFacts.RendererFact(renderer: .kustomize, version: "v5.5.0"),
      ], programs: "/usr/libexec", hub: .here(hub))
  }

  private static func renderer(_ fact: DoctorFacts.RendererFact) -> DoctorFacts {
    var facts = facts()
    facts.renderers = [fact]
    return facts
  }

  @Test("a healthy installation has a line for everything that was looked at")
  func health() {
    #expect(
      Doctor.examine(Self.facts()).map(\.text).joined() == """
        ok: git 2.39.5
        ok: kubectl v1.32.4
        ok: helm v3.17.3
        ok: kustomize v5.5.0
        ok: our programs are in '/usr/libexec'
        ok: the hub is '/srv/hub'
        ok: the files of the hub belong to you
        ok: hub.json is there
        ok: 1 setting of the repositories
        ok: the hooks find their programs in '/usr/libexec'
        ok: 1 hook
        ok: 1,234 entries in the cache of renderings, 5 MiB
        ok: every push runs '/usr/local/bin/fleet-check-schema'
        ok: cron runs '* * * * * fleet-hub tick --hub /srv/hub'
        ok: 5 GiB are free
        ok: commit 1a2b3c4 is released and published

        """)
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    let id: String
    let facts: DoctorFacts
    let text: String
    var testDescription: String { id }

    init(_ id: String, _ facts: DoctorFacts, _ text: String) {
      self.id = id
      self.facts = facts
      self.text = text
    }
  }

  private static func hook(_ state: HookFiles.State) -> DoctorFacts {
    facts {
      $0.hooks = [
        HubFacts.Hook(
          place: HookFiles.Place(repository: "fleet.git", name: "pre-receive"), state: state)
      ]
    }
  }

  static let faults: [Fault] = [
    Fault(
      "no git", DoctorFacts(git: nil, kubectl: "v1.32.4", programs: "/p"),
      "error: git is not installed\nhint: apt-get install git\n"),
    Fault(
      "old git", DoctorFacts(git: "2.30.2", kubectl: "v1.32.4", programs: "/p"),
      "error: git 2.30.2 is older than 2.39\nhint: apt-get install git\n"),
    Fault(
      "odd git", DoctorFacts(git: "next", kubectl: "v1.32.4", programs: "/p"),
      "warning: git has the version 'next'\n"),
    Fault(
      "no kubectl", DoctorFacts(git: "2.47.1.windows.1", kubectl: nil, programs: "/p"),
      "warning: kubectl is not installed; sites with '--target kubectl' need it\n"
        + "hint: apt-get install kubernetes-client\n"),
    Fault(
      "missing programs",
      DoctorFacts(
        git: "2.39.5", kubectl: "v1.32.4", programs: "/p", missingPrograms: ["fleet-hub"]),
      "warning: not in '/p': fleet-hub\nhint: make install\n"),
    Fault(
      "no hub there",
      DoctorFacts(
        git: "2.39.5", kubectl: "v1.32.4", programs: "/p",
        hub: .incomplete(root: "/srv/hub", missing: ["slices.git", "status.git"])),
      "error: '/srv/hub' is no hub, it lacks slices.git and status.git\n"
        + "hint: kubectl fleet init --hub /srv/hub\n"),
    Fault(
      "files of another user",
      facts {
        $0.foreign = [
          HubFacts.Foreign(path: "/srv/hub/fleet.git", owner: 0),
          HubFacts.Foreign(path: "/srv/hub/fleet.git/HEAD", owner: 0),
        ]
      },
      "error: '/srv/hub/fleet.git' and 1 more belongs to user 0, you are 1000; git refuses such "
        + "repositories\nhint: sudo chown -R $(id -un) '/srv/hub'\n"),
    Fault(
      "root looks at the hub of another user",
      facts {
        $0.user = 0
        $0.foreign = [HubFacts.Foreign(path: "/srv/hub", owner: 1000)]
      },
      "error: '/srv/hub' belongs to user 1000, you are 0; git refuses such repositories\n"
        + "hint: run this as the owner of the hub\n"),
    Fault(
      "no descriptor", facts { $0.descriptorProblem = "it is missing" },
      "error: hub.json: it is missing\nhint: restore '/srv/hub/hub.json'\n"),
    Fault(
      "a setting is missing",
      facts {
        $0.settings = [
          HubFacts.Setting(repository: "fleet.git", key: "gc.auto", wanted: "0", found: nil)
        ]
      },
      "warning: fleet.git: gc.auto is not set, not '0'\n"
        + "hint: git -C '/srv/hub/fleet.git' config gc.auto 0\n"),
    Fault(
      "a setting is wrong",
      facts {
        $0.settings = [
          HubFacts.Setting(
            repository: "status.git", key: "http.uploadpack", wanted: "false", found: "true")
        ]
      },
      "warning: status.git: http.uploadpack is 'true', not 'false'\n"
        + "hint: git -C '/srv/hub/status.git' config http.uploadpack false\n"),
    Fault(
      "hooks without programs",
      facts {
        $0.libexec = nil
        $0.missingHookPrograms = ["fleet-pre-receive"]
      },
      "error: the hooks do not find fleet-pre-receive in the search path\n"
        + "hint: for r in fleet slices status; do git -C '/srv/hub'/$r.git config fleet.libexec "
        + "DIR; done\n"),
    Fault(
      "no hook", hook(.missing),
      "error: fleet.git/hooks/pre-receive is missing\n"
        + "hint: kubectl fleet hooks install '/srv/hub'\n"),
    Fault(
      "a hook that cannot be run", hook(.current(isExecutable: false)),
      "error: fleet.git/hooks/pre-receive cannot be run\n"
        + "hint: chmod +x '/srv/hub/fleet.git/hooks/pre-receive'\n"),
    Fault(
      "an old hook", hook(.other),
      "warning: fleet.git/hooks/pre-receive is of another version\n"
        + "hint: kubectl fleet hooks install '/srv/hub'\n"),
    Fault(
      "a changed hook", hook(.edited),
      "warning: fleet.git/hooks/pre-receive was changed by somebody\n"
        + "hint: kubectl fleet hooks install '/srv/hub' --force\n"),
    Fault(
      "a foreign hook", hook(.foreign(["#!/bin/sh"])),
      "error: fleet.git/hooks/pre-receive is not ours\n"
        + "hint: mv '/srv/hub/fleet.git/hooks/pre-receive' "
        + "'/srv/hub/fleet.git/hooks/pre-receive.old' && kubectl fleet hooks install '/srv/hub'\n"),
    Fault(
      "no helm, and a bundle needs it",
      DoctorFacts(
        git: "2.39.5", kubectl: "v1.32.4",
        renderers: [
          DoctorFacts.RendererFact(
            renderer: .helm, problem: .programMissing(.helm), bundles: ["till", "web"]),
          DoctorFacts.RendererFact(renderer: .kustomize, problem: .programMissing(.kustomize)),
        ], programs: "/p"),
      "warning: helm is not installed; till and web need it\n"
        + "hint: install helm 3.17 or set FLEET_HELM\n"),
    Fault(
      "no helm on a hub that had one",
      renderer(
        DoctorFacts.RendererFact(
          renderer: .helm, problem: .programNotThere(.helm, "/usr/lib/helm"), hubVersion: "v3.17.3")
      ),
      "error: FLEET_HELM is '/usr/lib/helm', and no program is there; the plans of the hub are made "
        + "with helm v3.17.3\nhint: install helm 3.17 there or correct FLEET_HELM\n"),
    Fault(
      "another helm than the hub's",
      renderer(
        DoctorFacts.RendererFact(renderer: .helm, version: "v3.18.0", hubVersion: "v3.17.3")),
      "error: the plans of the hub are made with helm v3.17.3, installed is v3.18.0; pushes that "
        + "have to render are refused\nhint: fleet-hub recompile --hub '/srv/hub'\n"),
    Fault(
      "a cache of somebody else", facts { $0.unwritableCache = "/srv/hub/cache/render/ab" },
      "warning: the cache of renderings, '/srv/hub/cache/render/ab', cannot be written\n"
        + "hint: chmod -R u+rwX '/srv/hub/cache'\n"),
    Fault(
      "a check that is nowhere",
      facts {
        $0.checks = [HubFacts.Check(program: "fleet-check-names", path: nil, idleFile: nil)]
      },
      "error: the settings name fleet-check-names, which is not found: every push is refused\n"
        + "hint: cp fleet-check-names '/srv/hub/checks/'\n"),
    Fault(
      "a check that cannot be run",
      facts {
        $0.checks = [
          HubFacts.Check(
            program: "fleet-check-names", path: nil, idleFile: "/srv/hub/checks/fleet-check-names")
        ]
      },
      "error: '/srv/hub/checks/fleet-check-names' cannot be run\n"
        + "hint: chmod +x '/srv/hub/checks/fleet-check-names'\n"),
    Fault(
      "no schemas", facts { $0.schemas = nil },
      "warning: there are no schemas of Kubernetes' own kinds for it\n"
        + "hint: mkdir -p '/srv/hub/schemas' && kubectl get --raw /openapi/v2 "
        + ">'/srv/hub/schemas'/all.json\n"),
    Fault(
      "no cron", facts { $0.cronLines = [] },
      "warning: cron does not run 'fleet-hub tick': statuses are not read, cut pushes not finished\n"
        + "hint: (crontab -l 2>/dev/null; cat '/srv/hub/fleet-hub.cron') | crontab -\n"),
    Fault(
      "a full disk", facts { $0.freeBytes = 300 << 20 },
      "warning: only 300 MiB are free\nhint: df -h '/srv/hub'\n"),
    Fault(
      "nothing released", facts { $0.released = nil },
      "error: commit 1a2b3c4 was pushed and nothing is released\n"
        + "hint: fleet-hub tick --hub '/srv/hub'\n"),
    Fault(
      "an old release", facts { $0.released = "0000000" },
      "error: commit 1a2b3c4 was pushed, commit 0000000 is released\n"
        + "hint: fleet-hub tick --hub '/srv/hub'\n"),
    Fault(
      "not published", facts { $0.isPublished = false },
      "error: commit 1a2b3c4 is released and not published\n"
        + "hint: fleet-hub tick --hub '/srv/hub'\n"),
  ]

  @Test("a fault is told with the command that mends it, and nothing else is", arguments: faults)
  func fault(_ fault: Fault) {
    let wrong = Doctor.examine(fault.facts).filter { $0.level != .ok }
    #expect(wrong.map(\.text).joined() == fault.text)
  }

  @Test("the commands that it prints mend what it finds")
  func mending() throws {
    let fleet = try FleetFixture(Samples.shops)
    let programs = fleet.folder + "/libexec"
    try Files.makeDirectories(programs)
    for name in [
      "fleet-hub", "fleet-post-receive", "fleet-pre-receive", "fleet-status-receive", "fleet-sync",
      "kubectl-fleet", "crontab",
    ] {
      // The machine's own crontab is none of a test's business.
      let text = name == "crontab" ? "#!/bin/sh\ncat '\(fleet.folder)/tab'\n" : "#!/bin/sh\n"
      try Files.writeAtomically("\(programs)/\(name)", Array(text.utf8), mode: 0o755)
    }
    try fleet.makeHub()
    let path = ["PATH": programs + ":" + fleet.environment["PATH", default: ""]]
    let faulty = fleet.run("doctor", adding: path)
    #expect(faulty.code == 1)
    fleet.run("hooks", "install")
    try fleet.write("* * * * * fleet-hub tick --hub \(fleet.hub.root)\n", to: "../tab")
    try fleet.release(secondsAgo: 1)
    let healthy = fleet.run("doctor", adding: path)
    let lines = healthy.output.split(separator: "\n").filter {
      !$0.contains("kubectl v") && !$0.contains("are free") && !$0.contains("git 2")
        && !$0.hasPrefix("ok: helm ") && !$0.hasPrefix("ok: kustomize ")
    }
    let commit = try fleet.git("rev-parse", "--short=7", "HEAD")
    let settings = [
      HubCreation.fleetSettings, HubCreation.slicesSettings, HubCreation.statusSettings,
    ].reduce(0) { $0 + $1.count }
    let text = lines.joined(separator: "\n").replacing(commit, with: "<COMMIT>")
    #expect(
      text == """
        ok: our programs are in '<FOLDER>/libexec'
        ok: the hub is '<FOLDER>/hub'
        ok: the files of the hub belong to you
        ok: hub.json is there
        ok: \(settings) settings of the repositories
        ok: the hooks find their programs in '<FOLDER>/libexec'
        ok: 5 hooks
        ok: cron runs '* * * * * fleet-hub tick --hub <FOLDER>/hub'
        ok: commit <COMMIT> is released and published
        """)
  }
}
