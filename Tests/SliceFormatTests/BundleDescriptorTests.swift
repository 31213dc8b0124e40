// SPDX-License-Identifier: Apache-2.0

import JSONTree
import SliceFormat
import Testing

@Suite("bundle.json") struct BundleDescriptorTests {
  /// What a descriptor says with one thing more: the format, and the members at its end.
  private static let plain =
    #""name":"pos","gitRepo":"fleet-default/apps","namespace":"shop","createNamespace":true,"#
    + #""keepResources":false,"deleteCRDResources":false"#

  private static func descriptor(
    _ change: (inout BundleDescriptor) -> Void = { _ in }
  ) -> BundleDescriptor {
    var descriptor = BundleDescriptor(
      name: "pos", gitRepo: "fleet-default/apps", namespace: "shop")
    change(&descriptor)
    return descriptor
  }

  @Test("where nothing of format 2 is said, the bytes are those of format 1")
  func oldest() {
    #expect(
      String(decoding: Self.descriptor().json, as: UTF8.self) == #"{"format":1,\#(Self.plain)}"#)
  }

  private static let small: [(BundleDescriptor, String)] = [
    (descriptor { $0.deletesNamespace = true }, #""deleteNamespace":true"#),
    (
      descriptor { $0.namespaceLabels = ["b": "2", "a.io/x": "1"] },
      #""namespaceLabels":{"a.io/x":"1","b":"2"}"#
    ),
    (
      descriptor { $0.namespaceAnnotations = ["b": "2", "a": "1"] },
      #""namespaceAnnotations":{"a":"1","b":"2"}"#
    ),
    (descriptor { $0.serviceAccount = "team" }, #""serviceAccount":"team""#),
    (
      descriptor { $0.ignoredConditions = [["type": "Ready", "status": "False"]] },
      #""ignoreConditions":[{"status":"False","type":"Ready"}]"#
    ),
    (
      descriptor { $0.comparePatches = [.object(["kind": .string("Pod")])] },
      #""comparePatches":[{"kind":"Pod"}]"#
    ),
    (
      descriptor { $0.driftCorrection = .init(isEnabled: true, isForced: false) },
      #""correctDrift":{"enabled":true,"force":false}"#
    ),
    (
      descriptor {
        $0.dependencies = [.init(name: "db"), .init(name: "c", acceptedStates: [.ready])]
      },
      #""dependsOn":[{"name":"db"},{"name":"c","acceptedStates":["Ready"]}]"#
    ),
    (descriptor { $0.hasHooks = true }, #""hooks":true"#),
    (
      descriptor { $0.rendering = SiteRendering(release: "pos", namespace: "shop") },
      #""render":{"renderer":"helm","release":"pos","namespace":"shop","includeCRDs":true}"#
    ),
    (
      descriptor { $0.rendering = rendering },
      #"""
      "render":{"renderer":"helm","release":"pos","namespace":"shop","forceNamespace":true,\#
      "chartFolder":"charts/pos","kubeVersion":"1.31.0","apiVersions":["monitoring.coreos.com/v1"],\#
      "skipSchemaValidation":true,"pin":true,"disableDNS":true,\#
      "valuesFrom":[{"kind":"ConfigMap","name":"values"},\#
      {"kind":"Secret","name":"key","namespace":"other","key":"more.yaml"}],\#
      "kustomizeFolder":"","mirrors":[{"from":"docker.io","to":"mirror.shop"}]}
      """#
    ),
  ]

  private static var rendering: SiteRendering {
    var rendering = SiteRendering(release: "pos", namespace: "shop")
    rendering.forcesNamespace = true
    rendering.chartFolder = "charts/pos"
    rendering.kubeVersion = "1.31.0"
    rendering.apiVersions = ["monitoring.coreos.com/v1"]
    rendering.skipsSchemaValidation = true
    rendering.pins = true
    rendering.disablesDNS = true
    rendering.includesDefinitions = false
    rendering.sources = [
      SiteRendering.Source(kind: .configMap, name: "values"),
      SiteRendering.Source(kind: .secret, name: "key", namespace: "other", key: "more.yaml"),
    ]
    rendering.kustomizeFolder = ""
    rendering.mirrors = [SiteRendering.Mirror(from: "docker.io", to: "mirror.shop")]
    return rendering
  }

  @Test(
    "each member of format 2 makes the descriptor one of format 2",
    arguments: small)
  func newer(descriptor: BundleDescriptor, members: String) throws {
    #expect(
      String(decoding: descriptor.json, as: UTF8.self)
        == #"{"format":2,\#(Self.plain),\#(members)}"#)
    #expect(BundleDescriptor(json: descriptor.json) == descriptor)

    // A site that knows format 1 alone must refuse rather than leave something out.
    let json = try #require(JSONParser.parse(descriptor.json))
    #expect(throws: BundleDescriptor.Refusal.format(2)) {
      try BundleDescriptor(json, newest: 1)
    }
  }

  private static let senseless: [(String, BundleDescriptor.Refusal)] = [
    (#"[]"#, BundleDescriptor.Refusal.malformed("bundle.json")),
    (#"{"name":"a"}"#, .malformed("format")),
    (#"{"format":3}"#, .format(3)), (#"{"format":0}"#, .format(0)),
    (#"{"format":1,"keepResources":"yes"}"#, .malformed("keepResources")),
    (#"{"format":2,"namespaceLabels":{"a":1}}"#, .malformed("namespaceLabels")),
    (#"{"format":2,"dependsOn":[{"name":""}]}"#, .malformed("dependsOn")),
    (
      #"{"format":2,"dependsOn":[{"name":"a","acceptedStates":["ready"]}]}"#,
      .malformed("acceptedStates")
    ),
    (#"{"format":2,"render":{"renderer":"jsonnet"}}"#, .malformed("renderer")),
    (
      #"{"format":2,"render":{"renderer":"helm","chartFolder":"../x"}}"#,
      .malformed("chartFolder")
    ),
    (
      #"{"format":2,"render":{"renderer":"helm","valuesFrom":[{"kind":"Pod","name":"a"}]}}"#,
      .malformed("valuesFrom")
    ),
    (
      #"{"format":2,"render":{"renderer":"helm","valuesFrom":[{"kind":"Secret","name":"-A"}]}}"#,
      .malformed("valuesFrom")
    ),
  ]

  @Test(
    "a descriptor that makes no sense is refused by its member",
    arguments: senseless)
  func refusals(text: String, refusal: BundleDescriptor.Refusal) throws {
    let json = try #require(JSONParser.parse(Array(text.utf8)))
    #expect(throws: refusal) { try BundleDescriptor(json) }
  }

  @Test("what is watched stands in every format, and comes back as it was")
  func watch() throws {
    var gate = BundleWatch.Gate(name: "p99", query: "histogram_quantile(0.99, x)")
    gate.max = 0.5
    gate.samplesQuery = "sum(x)"
    gate.minSamples = 20
    let small = Self.descriptor { $0.watch = BundleWatch(soakSeconds: 60, undoes: true) }
    let bytes =
      #"{"format":1,\#(Self.plain),"watch":{"soak":60,"deadline":7200,"failedAfter":300,"undo":true}}"#
    #expect(String(decoding: small.json, as: UTF8.self) == bytes)
    #expect(BundleDescriptor(json: small.json) == small)
    let large = Self.descriptor {
      $0.hasHooks = true
      $0.watch = BundleWatch(soakSeconds: 0, undoes: false, gates: [gate])
    }
    #expect(
      String(decoding: large.json, as: UTF8.self)
        == #"{"format":2,\#(Self.plain),"hooks":true,"watch":{"soak":0,"deadline":7200,"failedAfter":300,"#
        + #""undo":false,"gates":[{"name":"p99","provider":"prometheus","#
        + #""query":"histogram_quantile(0.99, x)","samplesQuery":"sum(x)","max":0.5,"minSamples":20,"#
        + #""interval":60,"failureLimit":0,"inconclusiveLimit":10}]}}"#)
    #expect(BundleDescriptor(json: large.json) == large)
  }

  @Test(
    "a watch that cannot be meant is refused",
    arguments: [
      #""x""#, #"{"soak":-1}"#, #"{"soak":"1m"}"#, #"{"gates":[{}]}"#,
      #"{"gates":[{"name":"a","provider":"../x","query":"q"}]}"#,
      #"{"gates":[{"name":"a","provider":"p","query":"q","min":"1"}]}"#,
      #"{"gates":[{"name":"a","provider":"p","query":"q"},{"name":"a","provider":"p","query":"q"}]}"#,
    ])
  func badWatch(_ text: String) throws {
    let json = try #require(
      JSONParser.parse(Array(#"{"format":1,\#(Self.plain),"watch":\#(text)}"#.utf8)))
    #expect(throws: BundleDescriptor.Refusal.self) { try BundleDescriptor(json) }
  }
}
