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
        "alnum: NGMyM2QwYTZj OTk3YTMzNWVj", "pipe: \"ZGVHZ\"",
        "alpha: YWVlMjQxNTkkMzNmYWMhZTQyYzYmNG", "digits: \"571803889292717234947099396514\"",
        "ascii: 'OD!4Mjc0OW!1MWM3MTc5=z!wODk1ND'", "none: \"\" \"\"",
        "lengths: 1,1,1,1 63,63,63,63 64,64,64,64 65,65,65,65 86,86,86,86 87,87,87,87 "
          + "1000,1000,1000,1000 5000,5000,5000,5000 ",
        "int: 4 101 1798 ok", "uuid: ea1e2362-d192-49c5-bcd6-81e617375cb8 d416fdae 36",
        "include: NGEwN2 NGEwN2 NGEwN2", "default: NzY5 TURNMA==",
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
