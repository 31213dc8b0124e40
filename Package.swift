// swift-tools-version: 6.2
import PackageDescription

// The allowed imports of every module stand in docs/architecture.md and are proved by `make check`;
// the dependency lists below must say the same.

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["FleetTestSupport"], exclude: exclude,
    swiftSettings: settings)
}

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "kubectl-fleet",
  products: [
    .executable(name: "kubectl-fleet", targets: ["kubectl-fleet"]),
    .executable(name: "fleet-hub", targets: ["fleet-hub"]),
    .executable(name: "fleet-pre-receive", targets: ["fleet-pre-receive"]),
    .executable(name: "fleet-post-receive", targets: ["fleet-post-receive"]),
    .executable(name: "fleet-status-receive", targets: ["fleet-status-receive"]),
    .executable(name: "fleet-sync", targets: ["fleet-sync"]),
    .executable(name: "fleet-check-schema", targets: ["fleet-check-schema"]),
    .executable(name: "fleet-gate-prometheus", targets: ["fleet-gate-prometheus"]),
    .executable(name: "fleet-notify-slack", targets: ["fleet-notify-slack"]),
    .executable(name: "fleet-notify-pagerduty", targets: ["fleet-notify-pagerduty"]),
    .executable(name: "fleet-notify-webhook", targets: ["fleet-notify-webhook"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // System libraries: a module map and a shim, nothing else.
    .systemLibrary(name: "CGit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // Pure values and decisions.
    module("Diagnostics"),
    module("GitObjects"),
    module("YAMLTree", ["CYAML", "Diagnostics", "JSONTree"]),
    module("JSONTree", ["CJansson", "Diagnostics"]),
    module("FleetModel", ["Diagnostics", "GitObjects", "YAMLTree", "JSONTree", "SliceFormat"]),
    module("Targeting", ["Diagnostics", "FleetModel"]),
    module("Templating", ["Diagnostics"]),
    module("CheckFormat", ["Diagnostics", "JSONTree"]),
    module("ManifestSchema", ["Diagnostics", "JSONTree", "Templating"]),
    module(
      "Customising",
      ["Diagnostics", "FleetModel", "GitObjects", "JSONTree", "Templating", "YAMLTree"]),
    module("SliceFormat", ["GitObjects", "JSONTree"]),
    module("Archives", ["CZlib"]),
    module("Planning", ["Diagnostics", "GitObjects", "FleetModel", "JSONTree", "SliceFormat"]),
    module("Rollouts", ["Diagnostics", "GitObjects", "JSONTree", "SliceFormat"]),
    module("NotifyFormat", ["Diagnostics", "JSONTree"]),
    module("GateFormat", ["JSONTree"]),
    module(
      "Reconciling", ["Diagnostics", "GitObjects", "JSONTree", "SliceFormat", "Templating"]),

    // Input and output.
    module("Posix"),
    module("GitStore", ["CGit2", "CZlib", "GitObjects"]),
    module(
      "Rendering",
      [
        "Archives", "Diagnostics", "GitObjects", "JSONTree", "Posix", "SliceFormat", "Templating",
        "YAMLTree",
      ]),
    module(
      "Extensions",
      [
        "CheckFormat", "Diagnostics", "GitObjects", "JSONTree", "NotifyFormat", "Posix", "YAMLTree",
      ]),
    module(
      "SchemaCheck", ["CheckFormat", "Diagnostics", "JSONTree", "ManifestSchema", "Posix"]),
    module("Gates", ["GateFormat", "JSONTree", "Posix"]),
    module("Notify", ["Diagnostics", "GitObjects", "JSONTree", "NotifyFormat", "Posix"]),
    module(
      "Compiling",
      [
        "Customising", "Diagnostics", "Extensions", "GitObjects", "YAMLTree", "JSONTree",
        "FleetModel", "Targeting", "Rendering", "Planning", "Rollouts", "SliceFormat",
      ]),
    module(
      "HubService",
      [
        "Diagnostics", "Extensions", "GitObjects", "GitStore", "JSONTree", "FleetModel",
        "NotifyFormat", "Targeting", "Rendering", "Planning", "Compiling", "Posix", "Rollouts",
        "SliceFormat",
      ]),
    module("ClusterAccess", ["Diagnostics", "JSONTree", "Posix", "Reconciling", "SliceFormat"]),
    module(
      "SiteService",
      [
        "Diagnostics", "GateFormat", "GitObjects", "JSONTree", "Posix", "Reconciling", "Rendering",
        "ClusterAccess", "SliceFormat", "YAMLTree",
      ]),
    module(
      "FleetCommands",
      [
        "Archives", "Customising", "Diagnostics", "GitObjects", "GitStore", "JSONTree", "YAMLTree",
        "FleetModel", "Targeting", "Rendering", "Planning", "Compiling", "HubService", "Posix",
        "Rollouts", "SliceFormat", "Reconciling", "ClusterAccess", "SiteService", argumentParser,
      ]),

    // Programs of a few lines.
    program("kubectl-fleet", ["FleetCommands"]),
    program("fleet-hub", ["FleetCommands"]),
    program("fleet-pre-receive", ["HubService"]),
    program("fleet-post-receive", ["HubService"]),
    program("fleet-status-receive", ["StatusReceive"]),
    program("fleet-sync", ["SiteService"]),
    program("fleet-check-schema", ["SchemaCheck"]),
    program("fleet-gate-prometheus", ["Gates"]),
    program("fleet-notify-slack", ["Notify"]),
    program("fleet-notify-pagerduty", ["Notify"]),
    program("fleet-notify-webhook", ["Notify"]),
    module("StatusReceive", ["Diagnostics", "Posix"]),

    // Not installed: what `make bench` measures with.
    .executableTarget(
      name: "fleet-bench",
      dependencies: [
        "CGit2", "CZlib", "GitObjects", "GitStore", "HubService", "Posix", "Rollouts",
        "SliceFormat",
      ],
      path: "Tests/bench/fleet-bench", swiftSettings: settings),
    // Not installed: what the tests kill in the middle of a delivery.
    .executableTarget(
      name: "outbox-probe", dependencies: ["HubService", "Posix"],
      path: "Tests/tools/outbox-probe", swiftSettings: settings),

    // Tests.
    .target(
      name: "FleetTestSupport",
      dependencies: [
        "Diagnostics", "YAMLTree", "GitObjects", "GitStore", "HubService", "JSONTree", "Posix",
        "SliceFormat",
      ],
      path: "Tests/FleetTestSupport", swiftSettings: settings),
    tests("DiagnosticsTests", ["Diagnostics"]),
    tests("GitObjectsTests", ["GitObjects"]),
    tests("YAMLTreeTests", ["YAMLTree", "JSONTree", "Diagnostics"]),
    tests("JSONTreeTests", ["JSONTree", "Diagnostics"]),
    tests("SliceFormatTests", ["SliceFormat", "GitObjects", "JSONTree"]),
    tests("PosixTests", ["Posix"]),
    tests("GitStoreTests", ["GitStore", "GitObjects"]),
    tests("FleetModelTests", ["FleetModel", "Diagnostics", "YAMLTree", "SliceFormat"]),
    tests("TargetingTests", ["Targeting", "FleetModel", "Diagnostics", "YAMLTree", "SliceFormat"]),
    tests("TemplatingTests", ["Templating", "Diagnostics"]),
    tests(
      "CustomisingTests",
      ["Customising", "Templating", "FleetModel", "Diagnostics", "YAMLTree", "GitObjects"]),
    tests(
      "RenderingTests",
      [
        "Rendering", "Archives", "Diagnostics", "GitObjects", "YAMLTree", "JSONTree", "Posix",
        "SliceFormat", "Templating",
      ]),
    tests(
      "ExtensionsTests",
      [
        "Extensions", "CheckFormat", "ManifestSchema", "Notify", "NotifyFormat", "SchemaCheck",
        "Diagnostics", "GitObjects", "JSONTree", "Posix", "YAMLTree",
      ], exclude: ["schemas"]),
    tests(
      "PlanningTests",
      [
        "Planning", "Compiling", "Rendering", "FleetModel", "GitObjects", "Diagnostics", "YAMLTree",
        "JSONTree", "Rollouts", "SliceFormat", "Targeting",
      ]),
    tests("RolloutsTests", ["Rollouts", "Diagnostics", "GitObjects", "JSONTree", "SliceFormat"]),
    tests(
      "SiteTests",
      [
        "Reconciling", "ClusterAccess", "SiteService", "SliceFormat", "GateFormat", "Gates",
        "GitObjects", "JSONTree", "Posix",
      ]),
    tests(
      "HubTests",
      [
        "HubService", "Compiling", "Extensions", "NotifyFormat", "Planning", "Rendering",
        "Rollouts", "GitStore", "GitObjects", "Diagnostics", "Posix", "JSONTree", "SliceFormat",
      ]),
    tests(
      "FleetCommandsTests",
      [
        "FleetCommands", "Diagnostics", "GitObjects", "GitStore", "HubService", "JSONTree", "Posix",
        "Reconciling", "Rendering", "SliceFormat", "YAMLTree",
      ]),
    tests(
      "EndToEndTests",
      ["HubService", "GitObjects", "GitStore", "Posix", "JSONTree", "Rollouts", "SliceFormat"]),
  ],
  swiftLanguageModes: [.v6]
)
