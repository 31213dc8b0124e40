// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import GitObjects
import Rendering
import Testing

@Suite("Chart folders", .serialized)
struct ChartFolderTests {
  private static let metadata = "apiVersion: v2\nname: web\nversion: 1.0.0\n"

  private struct Case {
    let id: String
    let files: KeyValuePairs<String, String>
    var archive: [(path: String, bytes: [UInt8])]?
  }

  private static func nested(_ depth: Int) throws -> [(path: String, bytes: [UInt8])] {
    let chart = ("a/Chart.yaml", Array("apiVersion: v2\nname: a\nversion: 1.0.0\n".utf8))
    if depth == 0 { return [chart] }
    return [chart, ("a/charts/a.tgz", try ChartBench.archive(nested(depth - 1)))]
  }

  private static func cases() throws -> [Case] {
    [
      Case(id: "no Chart.yaml", files: ["web/templates/a.yaml": "a: b\n"]),
      Case(id: "nothing at all", files: ["other": "x"]),
      Case(
        id: "a Chart.yaml that is no YAML", files: ["web/Chart.yaml": "apiVersion: v2\nname: [\n"]),
      Case(id: "an empty Chart.yaml", files: ["web/Chart.yaml": "# nothing\n"]),
      Case(
        id: "fields that are missing",
        files: ["web/Chart.yaml": "description: x\nversion: 1.0\nname: ''\n"]),
      Case(id: "a library", files: ["web/Chart.yaml": metadata + "type: library\n"]),
      Case(
        id: "dependencies that are missing",
        files: [
          "web/Chart.yaml": metadata
            + "dependencies:\n- name: cache\n  version: 1.x.x\n  repository: https://charts.example.com\n- name: there\n  version: 1.0.0\n- name: queue\n",
          "web/charts/there/Chart.yaml": "apiVersion: v2\nname: there\nversion: 1.0.0\n",
          "web/charts/there/charts/queue/Chart.yaml":
            "apiVersion: v2\nname: queue\nversion: 1.0.0\n",
        ]),
      Case(
        id: "a subchart that is no chart",
        files: [
          "web/Chart.yaml": metadata, "web/charts/there/Chart.yaml": "name: there\n",
        ]),
      Case(
        id: "an archive that is none",
        files: ["web/Chart.yaml": metadata, "web/charts/a-1.0.tgz": "text"]),
      Case(
        id: "lookups, one for each chart",
        files: [
          "web/Chart.yaml": metadata,
          "web/templates/a.yaml":
            "a: {{ .lookup }}\nb: {{ (lookup \"v1\" \"Pod\" \"\" \"\").items }}\nc: {{ lookup \"v1\" \"Pod\" \"\" \"\" }}\n",
          "web/charts/there/Chart.yaml": "apiVersion: v2\nname: there\nversion: 1.0.0\n",
          "web/charts/there/templates/_a.tpl": "{{ $x := lookup \"v1\" \"Pod\" \"\" \"\" }}\n",
        ]),
      Case(id: "an archive without a chart", files: [:], archive: [("web/README", [1])]),
      Case(id: "an archive without a folder", files: [:], archive: [("Chart.yaml", [1])]),
      Case(id: "archives in archives", files: [:], archive: try nested(9)),
    ]
  }

  @Test("what is wrong with a chart is said before helm is asked")
  func tellsWrongCharts() throws {
    var report = ""
    for item in try Self.cases() {
      var bench = ChartBench()
      for (path, text) in item.files { bench.add(path, text) }
      var findings = Findings()
      let chart: ChartFolder?
      if let archive = item.archive {
        bench.add("web.tgz", bytes: try ChartBench.archive(archive))
        chart = try bench.chart(archive: "web.tgz", &findings)
      } else {
        chart = try bench.chart("web", &findings)
      }
      #expect((chart == nil) == findings.hasErrors)
      report += "## \(item.id)\n\(bench.text(findings.sorted))\n"
    }
    Golden.check(report, "charts/folders.txt")
  }

  @Test("the digest is made of paths and ids, and no file is loaded for it")
  func digestsWithoutLoading() throws {
    let bench = ChartBench([
      "a/Chart.yaml": Self.metadata, "a/x": "1", "b/Chart.yaml": Self.metadata, "b/x": "1",
      "c/Chart.yaml": Self.metadata, "c/x": "2", "d/Chart.yaml": Self.metadata, "d/y": "1",
    ])
    let charts = try ["a", "b", "c", "d"].map { try bench.goodChart($0) }
    #expect(charts[0].digest == charts[1].digest)
    #expect(Set(charts.map(\.digest)).count == 3)
    let folders = charts.map { $0.folder(.refused, disablesDNS: false) }
    #expect(folders[0].digest == folders[1].digest)
    let pinned = charts[0].folder(.pinned(release: "r", namespace: "n"), disablesDNS: false)
    #expect(pinned.digest == folders[0].digest, "nothing in it is pinned")
  }

  @Test("a folder with calls is another one for each release that pins them")
  func digestsPins() throws {
    let bench = ChartBench(["Chart.yaml": Self.metadata, "templates/a.yaml": "a: {{ now }}\n"])
    let chart = try bench.goodChart("")
    let digests = [
      chart.folder(.refused, disablesDNS: false), chart.folder(.refused, disablesDNS: true),
      chart.folder(.pinned(release: "a", namespace: "bc"), disablesDNS: false),
      chart.folder(.pinned(release: "ab", namespace: "c"), disablesDNS: false),
    ].map(\.digest)
    #expect(Set(digests).count == 4)
  }

  @Test("equal requests have equal keys, and every field counts")
  func keysCountEverything() throws {
    let bench = ChartBench(["Chart.yaml": Self.metadata, "templates/a.yaml": "a: b\n"])
    let other = ChartBench(["Chart.yaml": Self.metadata, "templates/a.yaml": "a: c\n"])
    let chart = try bench.goodChart("")
    let request = HelmRequest.of(chart, values: "a: b\n")
    let changes: [(inout HelmRequest) -> Void] = [
      { $0.releaseName = "sho" }, { $0.namespace = "pstore" }, { $0.values = [] },
      { $0.kubeVersion = "v1.30.0" }, { $0.apiVersions = ["a/v1"] },
      { $0.apiVersions = ["a/v1", ""] },
      { $0.skipsSchemaValidation = true }, { $0.pins = true }, { $0.disablesDNS = true },
      { $0.isUpgrade = true }, { $0.includesDefinitions = false }, { $0.attempt = 1 },
    ]
    var keys = [request.key, HelmRequest.of(try other.goodChart(""), values: "a: b\n").key]
    for change in changes {
      var changed = request
      change(&changed)
      #expect(changed != request)
      keys.append(changed.key)
    }
    #expect(Set(keys).count == keys.count)
    #expect(HelmRequest.of(try bench.goodChart(""), values: "a: b\n").key == request.key)
  }

  @Test("the call of helm, word by word")
  func writesArguments() throws {
    let chart = try ChartBench(["Chart.yaml": Self.metadata]).goodChart("")
    var request = HelmRequest.of(chart)
    #expect(
      request.job(chart).arguments.joined(separator: " ")
        == "template shop {folder} --namespace store --values - --include-crds")
    request.includesDefinitions = false
    request.isUpgrade = true
    request.kubeVersion = "v1.30.1"
    request.apiVersions = ["a/v1", "b/v1"]
    request.skipsSchemaValidation = true
    #expect(
      request.job(chart).arguments.joined(separator: " ")
        == "template shop {folder} --namespace store --values - --is-upgrade --kube-version v1.30.1 "
        + "--api-versions a/v1 --api-versions b/v1 --skip-schema-validation")
  }

  @Test(
    "the name of a release is what helm takes",
    arguments: [
      ("web", nil), ("a", nil), ("0-1.b-2", nil), (String(repeating: "a", count: 53), nil),
      ("", "the name of the release is empty"),
      (
        String(repeating: "a", count: 54),
        "the release name 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' has 54 characters, helm takes 53"
      ),
      ("Web", "the release name 'Web' may have small letters, digits, '-' and '.' only"),
      ("-web", "the release name '-web' may have small letters, digits, '-' and '.' only"),
      ("web-", "the release name 'web-' may have small letters, digits, '-' and '.' only"),
      ("a..b", "the release name 'a..b' may have small letters, digits, '-' and '.' only"),
      ("größe", "the release name 'größe' may have small letters, digits, '-' and '.' only"),
    ] as [(String, String?)])
  func checksReleaseNames(_ name: String, _ problem: String?) {
    #expect(HelmRequest.problem(ofReleaseName: name) == problem)
  }

  @Test("texts for tpl with chance in them ask for a second rendering, and the difference is told")
  func rendersTwice() throws {
    let tpl = "a: {{ tpl (.Values.text | default \"x\") . }}\n"
    let bench = ChartBench([
      "a/Chart.yaml": Self.metadata, "a/templates/a.yaml": "fixed: 1\n", "a/templates/b.yaml": tpl,
      "b/Chart.yaml": Self.metadata, "b/templates/b.yaml": tpl,
      "b/values.yaml": "x: '{{ uuidv4 }}'\n",
      "c/Chart.yaml": Self.metadata, "c/templates/b.yaml": "a: {{ .Values.text }}\n",
      "c/values.yaml": "x: '{{ uuidv4 }}'\n",
      "d/Chart.yaml": Self.metadata, "d/templates/b.yaml": "a: {{ tpl \"{{ uuidv4 }}\" . }}\n",
    ])
    let chart = try bench.goodChart("a")
    let plain = HelmRequest.of(chart, values: "text: '{{ .Release.Name }} now {{ .Values.now }}'\n")
    let request = HelmRequest.of(chart, values: "text: 'number {{ randAlphaNum 20 }}'\n")
    #expect(!plain.needsSecondRendering(chart))
    #expect(request.needsSecondRendering(chart))
    #expect(try HelmRequest.of(bench.goodChart("b")).needsSecondRendering(bench.goodChart("b")))
    #expect(try !HelmRequest.of(bench.goodChart("c")).needsSecondRendering(bench.goodChart("c")))
    #expect(try HelmRequest.of(bench.goodChart("d")).needsSecondRendering(bench.goodChart("d")))

    var again = request
    again.attempt = 1
    guard case .output(let first) = try request.job(chart).run(),
      case .output(let second) = try again.job(chart).run()
    else {
      Issue.record("helm failed")
      return
    }
    #expect(chart.difference(first, first) == nil)
    let finding = try #require(chart.difference(first, second))
    #expect(
      bench.text([finding]) == """
        error: a/templates/b.yaml: two renderings of the same input differ: a
               text that 'tpl' reads calls a function of clock or chance
        hint: look for 'now' and 'rand…' in 'helm.values' and in the chart's
              values

        """)
    #expect(chart.difference(first, [])?.path == "a/templates/b.yaml")
  }

  private static let ignored = [
    "*.md", "/top.txt", "docs/", "sub/*.txt", "a?c", "[a-c]x", "[^a-c]y", "!*.yaml", "\\*z", "# c",
    "  spaced.txt  ", "ci/values-*.yaml", "**/x", "",
  ]

  @Test("an ignore file leaves out what helm leaves out")
  func ignoresAsHelm() throws {
    let paths = [
      "README.md", "sub/README.md", "top.txt", "sub/top.txt", "docs/a", "sub/docs/b", "docs2/a",
      "sub/a.txt",
      "sub/sub/a.txt", "abc", "ac", "sub/axc", "ax", "dx", "ay", "dy", "a.yaml", "sub/b.yaml", "*z",
      "yz",
      "spaced.txt", "ci/values-1.yaml", "ci/x/values-1.yaml", "x", "größe.md", "aöc",
    ]
    // Each rule alone, and all but the one that leaves out everything.
    let sets =
      Self.ignored.filter { $0 != "**/x" }.map { [$0] } + [
        Self.ignored.filter { $0 != "!*.yaml" && $0 != "**/x" }
      ]
    for rules in sets {
      var bench = ChartBench([
        "Chart.yaml": Self.metadata, ".helmignore": rules.joined(separator: "\n") + "\n",
        "templates/a.yaml": "{{ range $path, $_ := .Files }}\n# {{ $path }}{{ end }}\n",
        "templates/.hidden.yaml": "a: hidden\n",
      ])
      // What would leave out the chart itself.
      if rules == ["!*.yaml"] { continue }
      for path in paths { bench.add(path, "x") }
      let chart = try bench.goodChart("")
      let files = try chart.folder(.refused, disablesDNS: false).files().map(\.path)
      let kept = files.filter { $0 != "Chart.yaml" && !$0.hasPrefix("templates/") }.sorted()
      let raw = RenderFolder(digest: "raw") { [all = bench.files] in
        all.map { ($0.key, $0.value) }
      }
      let request = HelmRequest.of(chart)
      let job = RenderJob(
        renderer: .helm, key: [], folder: raw, arguments: request.arguments, input: request.values)
      guard case .output(let bytes) = try job.run() else {
        Issue.record("helm failed with \(rules)")
        continue
      }
      let seen = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        .filter { $0.hasPrefix("# ") && !$0.hasPrefix("# Source") }.map { String($0.dropFirst(2)) }
        .sorted()
      #expect(kept == seen, "\(rules)")
      #expect(!files.contains("templates/.hidden.yaml"))
    }
  }
}
