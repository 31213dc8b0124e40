// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import Posix
import Testing

@Suite("bootstrap")
struct BootstrapTests {
  static let ssh = "ssh://fleet@hub.example.org/srv/fleet"
  static let web = "https://hub.example.org/fleet"

  /// What is printed, by the words after `bootstrap store-1`.
  struct Form: Sendable, CustomTestStringConvertible {
    let golden: String
    let words: [String]
    var testDescription: String { golden }
  }

  static let forms = [
    Form(golden: "systemd-ssh.sh", words: ["--hub", ssh]),
    Form(
      golden: "systemd-web.sh",
      words: [
        "--hub", web + "/a%20b", "--kubeconfig", "/etc/rancher/k3s/k3s.yaml", "--libexec",
        "/opt/my fleet", "--jitter", "5m",
      ]),
    Form(golden: "systemd-folder.sh", words: ["--hub", "/srv/fleet"]),
    Form(golden: "site.cron", words: ["--as", "cron", "--hub", web + "/a%20b"]),
    Form(
      golden: "cronjob-ssh.yaml",
      words: ["--as", "cronjob", "--image", "registry.example.org/fleet-sync:1", "--hub", ssh]),
    Form(
      golden: "cronjob-admin.yaml",
      words: [
        "--as", "cronjob", "--image", "registry.example.org/fleet-sync:1", "--hub", web, "--rbac",
        "cluster-admin",
      ]),
    Form(
      golden: "systemd-mirrors.sh",
      words: ["--hub", "https://mirror.example.org/slices.git", "--hub", web, "--hub", ssh]),
    Form(
      golden: "mirrors.cron",
      words: ["--as", "cron", "--hub", "/srv/mirror/slices.git", "--hub", "/srv/fleet"]),
    Form(golden: "uninstall-systemd.sh", words: ["--uninstall"]),
    Form(golden: "uninstall-cron.sh", words: ["--as", "cron", "--uninstall"]),
    Form(golden: "uninstall-cronjob.sh", words: ["--as", "cronjob", "--uninstall"]),
  ]

  @Test("prints what can be piped", arguments: forms)
  func printed(_ form: Form) throws {
    let fleet = try FleetFixture(Samples.shops)
    let run = fleet.run(arguments: ["bootstrap", "store-1"] + form.words)
    #expect(run.code == 0)
    #expect(run.errorOutput == "")
    #expect(!run.output.contains("{{"))
    #expect(!run.output.contains("}}"))
    Golden.check(run.output, "site/\(form.golden)")
    if form.golden.hasSuffix(".sh") {
      let check = try Child.run(["sh", "-n"], input: .bytes(Array(run.output.utf8)))
      #expect(check.succeeded, "\(String(decoding: check.errorOutput, as: UTF8.self))")
    }
  }

  @Test("every template of a site is printed by one of them")
  func templates() throws {
    let fleet = try FleetFixture(Samples.shops)
    var all = ""
    for form in Self.forms {
      all += fleet.run(arguments: ["bootstrap", "store-1"] + form.words).output
    }
    for file in EmbeddedFiles.all where file.path.hasPrefix("templates/site/") {
      // The longest line without a place.
      let line =
        file.text.split(separator: "\n").filter { !$0.contains("{{") }
        .max { $0.utf8.count < $1.utf8.count } ?? ""
      #expect(all.contains(line), "\(file.path)")
    }
  }

  @Test(
    "systemd reads the units, and finds little to expose",
    arguments: ["ssh://fleet@hub.example.org/srv/fleet", "https://hub.example.org/a%20b"])
  func units(_ hub: String) throws {
    // Not every machine has it.
    guard Child.find("systemd-analyze") != nil else { return }
    let fleet = try FleetFixture(Samples.shops)
    let programs = fleet.folder + "/my programs"
    try Files.makeDirectories(programs)
    try Files.writeAtomically(programs + "/fleet-sync", Array("#!/bin/sh\n".utf8), mode: 0o755)
    let run = fleet.run(
      "bootstrap", "store-1", "--hub", hub, "--libexec", programs, "-o", "site")
    #expect(
      run.text == """
        stderr| wrote <FOLDER>/shop/site/fleet-sync.service
        stderr| wrote <FOLDER>/shop/site/fleet-sync.timer
        stderr| wrote <FOLDER>/shop/site/install.sh

        """)
    let folder = fleet.repository + "/site"
    #expect(Files.isExecutable(folder + "/install.sh"))
    func analyze(_ words: String...) throws -> ChildResult {
      try Child.run(
        ["systemd-analyze", "--no-pager"] + words,
        environment: fleet.environment.merging(["SYSTEMD_LOG_LEVEL": "warning"]) { $1 },
        timeoutSeconds: 60)
    }
    let verified = try analyze(
      "verify", folder + "/fleet-sync.service", folder + "/fleet-sync.timer")
    #expect(verified.succeeded)
    #expect(String(decoding: verified.errorOutput, as: UTF8.self) == "")
    // 0 is nothing, 10 everything; the threshold counts tenths.
    let exposed = try analyze(
      "security", "--offline=true", "--threshold=25", folder + "/fleet-sync.service")
    #expect(exposed.succeeded, "\(String(decoding: exposed.output, as: UTF8.self))")
  }

  @Test("cron's line is one command, which a shell reads as the words that are meant")
  func cronLine() throws {
    let fleet = try FleetFixture(Samples.shops)
    let run = fleet.run(
      "bootstrap", "store-1", "--as", "cron", "--hub", Self.web + "/a%20b", "--libexec",
      fleet.folder, "--kubeconfig", "/etc/it's/kubeconfig")
    let line = try #require(run.output.split(separator: "\n").last { !$0.hasPrefix("#") })
    // What cron does: five fields, then the command, in which `\%` is a percent sign.
    let command = line.split(separator: " ", maxSplits: 5)[5].replacing("\\%", with: "%")
      .replacing("<FOLDER>", with: fleet.folder)
      .replacing("2>&1 | logger -t fleet-sync", with: "")
    try Files.writeAtomically(
      fleet.folder + "/fleet-sync", Array("#!/bin/sh\nprintf '%s\\n' \"$@\"\n".utf8), mode: 0o755)
    let result = try Child.run(
      ["sh", "-c", String(command)],
      environment: ["HOME": "/home/ada lovelace", "PATH": "/usr/bin:/bin"])
    #expect(
      String(decoding: result.output, as: UTF8.self) == """
        --cluster
        store-1
        --hub
        https://hub.example.org/fleet/a%20b
        --state
        /home/ada lovelace/.fleet-sync
        --kubeconfig
        /etc/it's/kubeconfig
        --jitter
        45s

        """)
  }

  struct Mistake: Sendable, CustomTestStringConvertible {
    let words: [String]
    let text: String
    var testDescription: String { words.joined(separator: " ") }
  }

  static let wrong = [
    Mistake(
      words: ["stor-1", "--hub", ssh],
      text: """
        stderr| error: there is no cluster 'stor-1'
        stderr| hint: did you mean 'store-1'?
        exit code 1

        """),
    Mistake(
      words: ["store-1"],
      text: """
        stderr| error: it is not known where the hub is
        stderr| hint: add --hub FOLDER-OR-URL
        stderr| hint: or once for all: git config fleet.hub FOLDER-OR-URL
        exit code 64

        """),
    Mistake(
      words: ["store-1", "--hub", ssh, "--as", "cronjob"],
      text: """
        stderr| error: '--image IMAGE' is missing: the image of the CronJob
        stderr| hint: it has fleet-sync, git and kubectl on its PATH
        exit code 64

        """),
    Mistake(
      words: ["store-1", "--hub", "/srv/fleet", "--as", "cronjob", "--image", "i"],
      text: """
        stderr| error: the hub '/srv/fleet' is a folder of this machine, which a pod does not reach
        stderr| hint: name it as the site reaches it: --hub URL
        exit code 64

        """),
    Mistake(
      words: ["store-1", "--hub", ssh, "--image", "i"],
      text: """
        stderr| error: '--image' has a meaning with '--as cronjob' alone
        exit code 64

        """),
    Mistake(
      words: ["store-1", "--hub", ssh, "--kubeconfig", "/root/.kube/config"],
      text: """
        stderr| error: the service sees no home folders, so it cannot read '/root/.kube/config'
        stderr| hint: put it into /etc/fleet-sync, or take '--as cron'
        exit code 64

        """),
    Mistake(
      words: ["store-1", "--hub", ssh, "--libexec", "bin"],
      text: """
        stderr| error: '--libexec' is a place at the site, which begins with '/'
        exit code 64

        """),
    Mistake(
      words: ["store-1", "--hub", ssh, "--jitter", "soon"],
      text: """
        stderr| error: 'soon' is no time
        stderr| hint: write it like '45s' or '5m'
        exit code 64

        """),
    Mistake(
      words: ["store-1;reboot", "--uninstall"],
      text: """
        stderr| error: 'store-1;reboot' is no cluster name
        exit code 64

        """),
  ]

  @Test("says what is wrong", arguments: wrong)
  func mistakes(_ mistake: Mistake) throws {
    let fleet = try FleetFixture(Samples.shops)
    #expect(fleet.run(arguments: ["bootstrap"] + mistake.words).text == mistake.text)
  }

  @Test("the rights of a fleet that does not compile are not guessed")
  func broken() throws {
    let fleet = try FleetFixture(Samples.shops)
    try fleet.write("defaultNamespaze: retail\n", to: "apps/pos/fleet.yaml")
    let words = ["bootstrap", "store-1", "--hub", Self.web, "--as", "cronjob", "--image", "i"]
    let run = fleet.run(arguments: words)
    #expect(run.code == 1)
    #expect(run.output == "")
    #expect(
      run.errorOutput.hasSuffix(
        """
        error: the fleet does not compile, so it is not known which rights the cluster needs
        hint: --rbac cluster-admin

        """))
    #expect(fleet.run(arguments: words + ["--rbac", "cluster-admin"]).code == 0)
  }
}
