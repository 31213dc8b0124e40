// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compiling
import Diagnostics
import FleetModel
import Posix
import SliceFormat
import Targeting

/// `kubectl fleet bootstrap`: what a site needs, to be piped to it.
struct BootstrapCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "bootstrap",
    abstract: "Print what a site needs to run fleet-sync.",
    discussion: """
      A script with a hardened systemd service and timer, a line for a crontab, or the manifests of a \
      CronJob whose rights follow from what the cluster gets. Ready to be piped:

        kubectl fleet bootstrap store-1 | ssh root@store-1 sh
        kubectl fleet bootstrap store-1 --as cron >>crontab
        kubectl fleet bootstrap store-1 --as cronjob --image IMAGE | kubectl apply -f -

      The comments in it say what is to be done at the hub. --uninstall prints what takes it away again.
      """)

  /// Which rights a CronJob gets.
  enum Rights: String, ExpressibleByArgument, CaseIterable {
    case least
    case clusterAdmin = "cluster-admin"
  }

  /// Where `make install` puts them.
  private static let usualPrograms = "/usr/local/bin"

  @Argument(help: ArgumentHelp("The cluster.", valueName: "cluster"))
  var cluster: String

  @Option(name: .customLong("as"), help: ArgumentHelp("What starts it.", valueName: "starter"))
  var starter = SiteStarter.systemd

  @Option(
    help: ArgumentHelp(
      "The image of the CronJob, with fleet-sync, git and kubectl; there is none that is taken without "
        + "being named.", valueName: "image"))
  var image: String?

  @Option(
    help: ArgumentHelp("The rights of the CronJob.", valueName: "rights"))
  var rbac: Rights?

  @Option(
    help: ArgumentHelp("The folder of our programs at the site.", valueName: "folder"))
  var libexec = usualPrograms

  @Option(
    help: ArgumentHelp(
      "The kubeconfig at the site; with systemd else /etc/fleet-sync/kubeconfig.",
      valueName: "file"))
  var kubeconfig: String?

  @Option(
    help: ArgumentHelp(
      "The namespace of the CronJob and of the record of what was applied.", valueName: "namespace")
  )
  var namespace = SiteSetup.defaultNamespace

  @Option(
    help: ArgumentHelp("Spread the starts of the fleet over this time.", valueName: "time"))
  var jitter = "45s"

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("Write files into this folder instead of printing.", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Flag(help: "Print what takes it away again; the cluster may be gone from the inventory.")
  var uninstall = false

  @OptionGroup var repository: RepositoryOptions

  @Option(
    name: .customLong("hub"),
    help: ArgumentHelp(
      "The hub, or a mirror of its slices.git; again and again, in the order in which they are asked. Else "
        + "$FLEET_HUB, then 'git config fleet.hub', then the remote 'origin'.", valueName: "url"),
    completion: .directory)
  var hubs: [String] = []

  func run(in context: CommandContext) throws -> ExitStatus {
    try checkOptions()
    if uninstall {
      try deliver(
        [SiteSetup.removal(starter, cluster: NameLookup.bare(cluster), namespace: namespace)],
        in: context)
      return .done
    }
    let view = try repository.view(in: context)
    let position = try NameLookup(view.compilation).cluster(cluster)
    let first = try HubLocation.find(
      HubOptions(hub: hubs.first), repository: view.repository, in: context)
    let locations =
      [first]
      + hubs.dropFirst().map { HubLocation($0, origin: "--hub", folder: context.directory) }
    let setup = SiteSetup(
      cluster: view.compilation.inventory.clusters[position].name,
      hubs: SiteHubs(locations.map { SiteHub($0) }),
      programs: libexec, kubeconfig: kubeconfig, namespace: namespace, jitter: jitter)
    switch starter {
    case .cron: try deliver([setup.cron], in: context)
    case .systemd: try deliver(setup.systemd, in: context)
    case .cronjob:
      if let location = locations.first(where: { SiteHub($0).way == .folder }) {
        throw CommandError(
          "the hub '\(location.base)' is a folder of this machine, which a pod does not reach",
          hints: ["name it as the site reaches it: --hub URL"], status: .usage)
      }
      let roles = try roles(view, position, in: context)
      try deliver([setup.cronJob(image: image ?? "", roles: roles)], in: context)
    }
    return .done
  }

  private func checkOptions() throws(CommandError) {
    let name = NameLookup.bare(cluster)
    guard ClusterName.isValid(name) else {
      throw CommandError("\(Wording.quoted(name)) is no cluster name", status: .usage)
    }
    guard ClusterName.isValid(namespace), !namespace.contains(".") else {
      throw CommandError("\(Wording.quoted(namespace)) is no namespace", status: .usage)
    }
    for (text, option) in [(libexec, "libexec"), (kubeconfig ?? "/", "kubeconfig")] {
      guard text.hasPrefix("/"), PrintableText.escape(text) == text else {
        throw CommandError(
          "'--\(option)' is a place at the site, which begins with '/'", status: .usage)
      }
    }
    if starter == .systemd, let kubeconfig,
      ["/root/", "/home/", "/run/user/"].contains(where: { kubeconfig.hasPrefix($0) })
    {
      throw CommandError(
        "the service sees no home folders, so it cannot read '\(kubeconfig)'",
        hints: ["put it into /etc/fleet-sync, or take '--as cron'"], status: .usage)
    }
    if starter == .cronjob, kubeconfig != nil || libexec != Self.usualPrograms {
      throw CommandError(
        "'--\(kubeconfig == nil ? "libexec" : "kubeconfig")' has no meaning with '--as cronjob'",
        status: .usage)
    }
    if starter == .cronjob {
      if image?.isEmpty ?? true, !uninstall {
        throw CommandError(
          "'--image IMAGE' is missing: the image of the CronJob",
          hints: ["it has fleet-sync, git and kubectl on its PATH"], status: .usage)
      }
    } else if image != nil || rbac != nil {
      throw CommandError(
        "'--\(image == nil ? "rbac" : "image")' has a meaning with '--as cronjob' alone",
        status: .usage)
    }
    guard let unit = jitter.last, "smh".contains(unit), let number = Int(jitter.dropLast()),
      (0...86_400).contains(number)
    else {
      throw CommandError(
        "\(Wording.quoted(jitter)) is no time", hints: ["write it like '45s' or '5m'"],
        status: .usage)
    }
  }

  private func roles(
    _ view: FleetView, _ position: Int, in context: CommandContext
  ) throws(CommandError) -> String {
    let roles = SiteRoles(namespace: namespace)
    if rbac == .clusterAdmin { return roles.clusterAdmin }
    let errors = view.compilation.findings.sorted.filter { $0.severity == .error }
    if !errors.isEmpty {
      // Rights by half of a slice would look like enough.
      context.report(
        FindingRenderer(source: view.compilation.sourceLines(view.objects)).text(errors) + "\n")
      throw CommandError(
        "the fleet does not compile, so it is not known which rights the cluster needs",
        hints: ["--rbac cluster-admin"])
    }
    return roles.least(SiteNeeds(view.compilation, cluster: position))
  }

  /// Prints what can be piped, or writes the files.
  private func deliver(_ files: [SiteSetup.File], in context: CommandContext) throws(CommandError) {
    guard let output else {
      // Of several files the last one carries the others.
      context.print(files.last?.text ?? "")
      return
    }
    let folder = CommandContext.absolute(output, from: repository.folder.path(in: context))
    for file in files {
      try failing {
        try Files.makeDirectories(folder)
        try Files.writeAtomically(
          "\(folder)/\(file.name)", Array(file.text.utf8), mode: file.isExecutable ? 0o755 : 0o644)
      }
      context.report("wrote \(folder)/\(file.name)\n")
    }
  }
}
