// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Rendering
import Testing

@Suite("Pinned results of charts", .serialized)
struct PinTests {
  private let bench = ChartBench([
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "templates/_h.tpl": "{{ define \"h\" }}{{ randAlphaNum 6 }}{{ end }}",
    "templates/a.yaml": """
    # now: {{ now | date "2006-01-02T15:04:05Z07:00" }} {{ now.Unix }} {{ (now).Year }} {{ htmlDate now }} {{ date "2006" "x" }}
    # alnum: {{ randAlphaNum 12 }} {{ randAlphaNum 12 }}
    # pipe: {{ 5 | randAlphaNum | upper | quote }}
    # alpha: {{ randAlpha 30 }}
    # digits: {{ randNumeric 30 | quote }}
    # ascii: {{ randAscii 30 | squote }}
    # none: {{ randAlphaNum 0 | quote }} {{ randAlpha -1 | quote }}
    # lengths: {{ range $n := list 1 63 64 65 86 87 1000 5000 }}{{ randAlphaNum $n | len }},{{ randAlpha $n | len }},{{ randNumeric $n | len }},{{ randAscii $n | len }} {{ end }}
    # int: {{ randInt 3 9 }} {{ add 1 (randInt 100 101) }} {{ 2000 | randInt 1000 }} {{ if lt (randInt 1 5) 5 }}ok{{ end }}
    # uuid: {{ uuidv4 }} {{ uuidv4 | trunc 8 }} {{ printf "%s" uuidv4 | len }}
    # include: {{ include "h" . }} {{ include "h" . }} {{ tpl "{{ include \\"h\\" . }}" . }}
    # default: {{ default (randAlphaNum 4) .Values.password }} {{ .Values.password | default (randAlphaNum 4) | b64enc }}
    """,
  ])

  private func render(
    _ bench: ChartBench? = nil, _ change: (inout HelmRequest) -> Void = { _ in }
  ) throws -> [String] {
    let chart = try (bench ?? self.bench).goodChart("")
    var request = HelmRequest.of(chart)
    request.pins = true
    change(&request)
    switch try request.job(chart).run() {
    case .output(let bytes):
      return String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst(2).map {
        String($0.dropFirst(2))
      }
    case .failed(let errors): return [request.finding(errors, chart: chart).message]
    }
  }

  @Test("each function gives a fixed result of the right form, the same every time")
  func givesFixedResults() throws {
    let first = try render()
    #expect(
      first == [
        "now: 2000-01-01T00:00:00Z 946684800 2000 2000-01-01 2000",
        "alnum: MDQ4YWUwMmFh MWM2M2ZkZDdk", "pipe: \"YWM1N\"",
        "alpha: NjUxNWJhNjAmZGRjYWFlMDEpZThmMD", "digits: \"701916823333769815003324143373\"",
        "ascii: '=W=5ODEw+TVkNm=x=jkx+D_yOTViMW'", "none: \"\" \"\"",
        "lengths: 1,1,1,1 63,63,63,63 64,64,64,64 65,65,65,65 86,86,86,86 87,87,87,87 "
          + "1000,1000,1000,1000 5000,5000,5000,5000 ",
        "int: 8 101 1735 ok", "uuid: b95edd7c-4d73-47b4-8aaf-318083c5b02e 7e46f196 36",
        "include: ZTFjZm ZTFjZm ZTFjZm", "default: ZDU4 TldZeA==",
      ])
    #expect(try render() == first)
  }

  @Test("another release, or another namespace, has other results")
  func dependsOnTheRelease() throws {
    let first = try render()
    let other = try render { $0.releaseName = "other" }
    let elsewhere = try render { $0.namespace = "elsewhere" }
    #expect([first.count, other.count, elsewhere.count] == [12, 12, 12])
    guard first.count == 12, other.count == 12, elsewhere.count == 12 else { return }
    for line in [1, 2, 3, 4, 5, 8, 9, 10, 11] {
      #expect(
        first[line] != other[line] && first[line] != elsewhere[line]
          && other[line] != elsewhere[line])
    }
    for line in [0, 6, 7] { #expect(first[line] == other[line]) }
  }

  @Test("one place gives different results for different names and in each turn of a loop")
  func tellsNamesApart() throws {
    let bench = ChartBench([
      "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
      "values.yaml": "users: [{name: ada, shifts: 1}, {name: bob, shifts: 1}]\n",
      "templates/_h.tpl":
        "{{ define \"h\" }}{{ randAlphaNum 6 }} {{ 6 | randNumeric }} {{ randInt 0 1000000 }} {{ uuidv4 }}{{ end }}",
      "templates/a.yaml": """
      # keys: {{ include "h" (dict "key" "root" "length" 6 "context" $) }}; {{ include "h" (dict "key" "user" "length" 6 "context" $) }}
      # secrets: {{ include "h" (dict "secret" "a" "key" "root") }}; {{ include "h" (dict "secret" "b" "key" "root") }}
      # texts: {{ include "h" "a" }}; {{ include "h" "b" }}
      # numbers: {{ range until 2 }}{{ include "h" . }}; {{ end }}
      # elements: {{ range .Values.users }}{{ include "h" . }}; {{ end }}
      # anything: {{ include "h" nil }} {{ include "h" (list 1) }} {{ include "h" true }} {{ include "h" .Files }} {{ include "h" .Release }} {{ include "h" (dict "key" 1) }}
      """,
    ])
    let first = try render(bench)
    try #require(first.count == 6, "\(first)")
    for line in first.prefix(5) {
      let halves = line.drop { $0 != ":" }.dropFirst(2).split(separator: "; ")
      #expect(halves.count == 2)
      let pieces = halves.map { $0.split(separator: " ") }
      for (one, other) in zip(pieces[0], pieces[1]) { #expect(one != other, "\(line)") }
    }
    #expect(try render(bench) == first)
  }

  @Test("what else the dot holds does not change a result")
  func staysWhileOtherValuesChange() throws {
    func passwords(_ shifts: Int) throws -> [String] {
      try render(
        ChartBench([
          "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
          "values.yaml": "users: [{name: ada, shifts: \(shifts)}]\nother: \(shifts)\n",
          "templates/a.yaml":
            "# {{ randAlphaNum 9 }}{{ range .Values.users }} {{ randAlphaNum 9 }} {{ uuidv4 }}{{ end }}\n",
        ]))
    }
    let one = try passwords(1)
    #expect(one.first?.contains("-4") == true)
    #expect(try passwords(2) == one)
  }

  @Test("lines around a call do not change its result")
  func staysWhileLinesMove() throws {
    var moved = bench
    let template = String(decoding: moved.files["templates/a.yaml"] ?? [], as: UTF8.self)
    moved.add("templates/a.yaml", "# a new line\n# another\n" + template)
    #expect(try Array(render(moved).dropFirst(2)) == render())
  }

  @Test("numbers that no function can be given are refused")
  func refusesNumbers() throws {
    for (call, message) in [
      (
        "randAlphaNum 65537",
        "the chart says: 'randAlphaNum' of 65537 characters, 'helm.pin' makes 65536"
      ),
      ("randInt 5 5", "the chart says: 'randInt' of a range that is empty"),
    ] {
      let bad = ChartBench([
        "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "templates/a.yaml": "# {{ \(call) }}\n",
      ])
      let said = try render(bad)
      #expect(said == [message])
    }
  }
}
