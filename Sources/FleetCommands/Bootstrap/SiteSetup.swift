// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// What starts fleet-sync at a site.
enum SiteStarter: String, ExpressibleByArgument, CaseIterable {
  case cron, systemd, cronjob
}

/// Everything that the files of a site are made of.
struct SiteSetup {
  /// Where a system's own configuration of fleet-sync stands: keys, passwords, a kubeconfig.
  static let configuration = "/etc/fleet-sync"
  /// The namespace that fleet-sync takes where it is told no other.
  static let defaultNamespace = "kubectl-fleet-system"

  /// The cluster's name in the fleet.
  let cluster: String
  /// The hubs.
  let hubs: SiteHubs
  /// The folder of our programs at the site.
  let programs: String
  /// The kubeconfig at the site, when one is named.
  let kubeconfig: String?
  /// The namespace of the inventory.
  let namespace: String
  /// Over which time the starts of the fleet are spread.
  let jitter: String

  /// A file for the site.
  struct File: Equatable {
    /// Its name.
    let name: String
    /// Its text.
    let text: String
    /// Whether it can be run.
    var isExecutable = false
  }

  // MARK: cron

  /// The lines for a crontab.
  var cron: File {
    let command = words(
      "\(programs)/fleet-sync", state: "$HOME/.fleet-sync", kubeconfig: kubeconfig)
    return File(
      name: "fleet-sync.cron",
      text: SiteTemplate.filled(
        "fleet-sync.cron",
        values(
          .cron,
          credentials: "At the site the job's user has the key or password, as git finds them."
        )
        .merging(["COMMAND": SiteWords.crontab(command)]) { $1 }))
  }

  // MARK: systemd

  /// The units and a script that installs them.
  var systemd: [File] {
    let folder = Self.configuration
    let config = kubeconfig ?? "\(folder)/kubeconfig"
    let command = words(
      "\(programs)/fleet-sync", state: "/var/lib/fleet-sync", kubeconfig: config)
    // Of a hub on this machine the status is written.
    let writable = hubs.statusFolders.map { SiteWords.systemdPath("ReadWritePaths", $0) }
    let service = SiteTemplate.filled(
      "fleet-sync.service",
      [
        "CLUSTER": cluster, "COMMAND": SiteWords.systemd(command),
        "ENVIRONMENT":
          (hubs.variables(folder: folder)
          .map { SiteWords.systemdVariable($0.name, $0.value) } + writable)
          .joined(separator: "\n"),
      ])
    let timer = SiteTemplate.filled("fleet-sync.timer", ["CLUSTER": cluster])
    let files = [config] + hubs.files(folder: folder)
    let script = SiteTemplate.filled(
      "install-systemd.sh",
      values(.systemd, credentials: credentials(in: folder)).merging([
        "PROGRAM": SiteWords.shell("\(programs)/fleet-sync"), "FILES": SiteWords.shell(files),
        "SERVICE": service, "TIMER": timer,
      ]) { $1 })
    return [
      File(name: "fleet-sync.service", text: service),
      File(name: "fleet-sync.timer", text: timer),
      File(name: "install.sh", text: script, isExecutable: true),
    ]
  }

  // MARK: CronJob

  /// The manifests of a CronJob, with roles that are made elsewhere.
  func cronJob(image: String, roles: String) -> File {
    let folder = Self.configuration
    let variables = hubs.variables(folder: folder).map { name, value in
      """
                      - name: \(name)
                        value: \(SiteWords.yaml(value))
      """
    }
    let secret = hubs.files(folder: folder).map {
      "--from-file=\($0.dropFirst(folder.utf8.count + 1))"
    }
    let credentials =
      secret.isEmpty
      ? ""
      : "At the site, once: kubectl create secret generic fleet-sync-hub -n \(namespace) \\\n    "
        + secret.joined(separator: " ")
    return File(
      name: "fleet-sync.yaml",
      text: SiteTemplate.filled(
        "cronjob.yaml",
        values(.cronjob, credentials: credentials + passwordFile).merging([
          "COMMAND": SiteWords.yaml(
            words("fleet-sync", state: "/var/lib/fleet-sync", kubeconfig: nil)),
          "ENVIRONMENT": variables.joined(separator: "\n"), "IMAGE": SiteWords.yaml(image),
          "RBAC": roles,
        ]) { $1 }))
  }

  // MARK: the end

  /// The script that takes away what was made.
  static func removal(_ starter: SiteStarter, cluster: String, namespace: String) -> File {
    let values = [
      "CLUSTER": cluster, "NAMESPACE": namespace, "STATE": SiteWords.shell("$HOME/.fleet-sync"),
    ]
    return File(
      name: "uninstall.sh",
      text: SiteTemplate.filled(
        "uninstall-\(starter.rawValue).sh",
        values.merging(["FIRST": SiteTemplate.comment("first.txt", values)]) { $1 }),
      isExecutable: true)
  }

  // MARK: pieces

  private func words(_ program: String, state: String, kubeconfig: String?) -> [String] {
    var words = [program, "--cluster", cluster] + hubs.words + ["--state", state]
    if let kubeconfig { words += ["--kubeconfig", kubeconfig] }
    if namespace != Self.defaultNamespace { words += ["--inventory-namespace", namespace] }
    return words + ["--jitter", jitter]
  }

  private func values(_ starter: SiteStarter, credentials: String) -> [String: String] {
    let option = starter == .systemd ? "" : "--as \(starter.rawValue) "
    return [
      "CLUSTER": cluster, "NAMESPACE": namespace,
      "HUBSIDE": hubs.notes(cluster: cluster, credentials: credentials),
      "LIFE": SiteTemplate.comment("life.txt", ["CLUSTER": cluster, "AS": option]),
    ]
  }

  private func credentials(in folder: String) -> String {
    let files = hubs.files(folder: folder)
    return files.isEmpty ? "" : "At the site, once: " + files.joined(separator: ", ") + passwordFile
  }

  private var passwordFile: String {
    hubs.hasPassword
      ? "\n  git-credentials has two lines: username=\(cluster) and password=WORD" : ""
  }
}
