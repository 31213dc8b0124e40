// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Rendering
import Testing

/// What is said about the calls of functions of clock, chance, keys and network.
@Suite("Unstable functions of charts", .serialized)
struct UnstableFunctionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let call: String
    var message = ""
    var canBePinned = false
    var testDescription: String { call }

    static func chance(_ call: String) -> Case {
      let name = call.prefix { $0 != " " }
      return Case(
        call: call, message: "the chart calls '\(name)', which gives another result each time",
        canBePinned: ["now", "uuid", "rand"].contains { call.hasPrefix($0) && name != "randBytes" })
    }

    static func date(_ call: String) -> Case {
      let name = call.prefix { $0 != " " }
      return Case(
        call: call, message: "the chart calls '\(name)' without a date, which takes the clock",
        canBePinned: true)
    }
  }

  static let refused: [Case] = [
    .chance("now"), .chance("ago 5"), .chance("durationRound (toDate \"2006\" \"2001\")"),
    .chance("randAlphaNum 5"), .chance("randAlpha 5"), .chance("randNumeric 5"),
    .chance("randAscii 5"), .chance("randInt 1 10"), .chance("uuidv4"), .chance("randBytes 5"),
    .chance("shuffle \"abc\""), .chance("genPrivateKey \"ed25519\""), .chance("genCA \"a\" 1"),
    .chance("genCAWithKey \"a\" 1 \"k\""), .chance("genSelfSignedCert \"a\" nil nil 1"),
    .chance("genSelfSignedCertWithKey \"a\" nil nil 1 \"k\""),
    .chance("genSignedCert \"a\" nil nil 1 .Values"),
    .chance("genSignedCertWithKey \"a\" nil nil 1 .Values \"k\""), .chance("bcrypt \"a\""),
    .chance("htpasswd \"a\" \"b\""), .chance("encryptAES \"key\" \"text\""),
    .date("date \"2006\" \"2001\""), .date("date_in_zone \"2006\" 1.5 \"UTC\""),
    .date("dateInZone \"2006\" nil \"UTC\""), .date("htmlDate \"\""),
    .date("htmlDateInZone \"\" \"UTC\""),
    Case(
      call: "getHostByName \"localhost\"",
      message: "the chart calls 'getHostByName', which asks the network"),
  ]

  private func bench(_ template: String) -> ChartBench {
    ChartBench([
      "apps/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
      "apps/web/templates/a.yaml": template,
    ])
  }

  @Test("a call is refused at its place, in one sentence", arguments: refused)
  func refuses(_ item: Case) throws {
    let bench = bench("apiVersion: v1\nkind: ConfigMap\ndata:\n  größe: {{ \(item.call) }}\n")
    let chart = try bench.goodChart("apps/web")
    let name = String(item.call.prefix { $0 != " " })
    var hints = ["hint: give the value under 'helm.values:' in fleet.yaml"]
    if item.canBePinned {
      hints.append("hint: or take a fixed result, which is no secret: helm.pin: true")
    }
    if name == "getHostByName" {
      hints = ["hint: let it find nothing, as Fleet does: helm.disableDNS: true"]
    }
    let finding = try failure(HelmRequest.of(chart), chart)
    #expect(finding.message == item.message)
    #expect(finding.hints.map { "hint: \($0)" } == hints)
    let place = "apps/web/templates/a.yaml:4:13"
    #expect(finding.span.map { "\($0.path):\($0.start.line):\($0.start.column)" } == place)
    #expect(finding.span.map { $0.end.column - $0.start.column } == name.utf8.count)
  }

  private func failure(_ request: HelmRequest, _ chart: ChartFolder) throws -> Finding {
    guard case .failed(let errors) = try request.job(chart).run() else {
      Issue.record("helm did not fail")
      return Finding(.error, "", "", at: nil)
    }
    return request.finding(errors, chart: chart)
  }

  /// Wherever a call stands, before which there is an arrow here, what is put in its place can be parsed, and fails only when it is reached.
  static let places: [String] = [
    "{{ →randAlphaNum 5 }}",
    "{{- →randAlphaNum 5 -}}",
    "{{ →randAlphaNum 5 | b64enc | quote }}",
    "{{ 5 | →randAlphaNum }}",
    "{{ 5 | int | →randAlphaNum | quote }}",
    "{{ printf \"%s-%s\" \"a\" (→randAlphaNum 5) }}",
    "{{ list (dict \"a\" (→randAlphaNum (int 5))) | toJson }}",
    "{{ if →randAlphaNum 5 }}x{{ end }}",
    "{{ if and true (eq \"a\" (→randAlphaNum 5)) }}x{{ end }}",
    "{{ if false }}{{ else if →randAlphaNum 5 }}x{{ end }}",
    "{{ with →randAlphaNum 5 }}{{ . }}{{ end }}",
    "{{ range list (→randAlphaNum 5) }}x{{ end }}",
    "{{ $x := →randAlphaNum 5 }}{{ $x }}",
    "{{ $x := \"\" }}{{ $x = 5 | →randAlphaNum }}{{ $x }}",
    "{{ default (→randAlphaNum 5) \"\" }}",
    "{{ template \"t\" (→randAlphaNum 5) }}{{ define \"t\" }}{{ end }}",
    "{{ →randAlphaNum\n  5 }}",
    "{{ include \"t\" . }}{{ define \"t\" }}{{ →randAlphaNum 5 }}{{ end }}",
    "{{ tpl \"{{ include \\\"t\\\" . }}\" . }}{{ define \"t\" }}{{ →randAlphaNum 5 }}{{ end }}",
    "{{ →now.Year }}",
    "{{ (→now).Year }}",
    "{{ →now | date \"2006\" }}",
    "{{ date \"2006\" →now }}",
    "{{ \"x\" | →date \"2006\" }}",
    "{{ printf \"%s\" (→date \"2006\" \"x\") }}",
    "{{ →uuidv4 | trunc 8 }}",
    "{{ 9 | →randInt 1 }}",
  ]

  @Test("a call is refused wherever it stands")
  func refusesEverywhere() throws {
    for marked in Self.places {
      let template = marked.replacing("→", with: "")
      let column = marked.prefix { $0 != "→" }.count + 1
      let bench = bench("# größe\n{{ 1 }}{{/* now */}}\n\(template)\n")
      let chart = try bench.goodChart("apps/web")
      let finding = try failure(HelmRequest.of(chart), chart)
      #expect(finding.code == "unstable-function", "\(template): \(finding.message)")
      #expect(finding.span?.start.line == 3, "\(template)")
      #expect(finding.span?.start.column == column, "\(template)")
    }
  }

  @Test("a call that is not reached changes nothing")
  func letsUnreachedCallsBe() throws {
    let never =
      Self.refused.map { "{{ \($0.call) }}" } + Self.places.map { $0.replacing("→", with: "") }
    var bench = bench("a: {{ default (.Values.x) \"given\" }}\n")
    bench.add(
      "apps/web/templates/_never.tpl",
      "{{ define \"never\" }}\n"
        + never.filter { !$0.contains("define") }.joined(separator: "\n") + "\n{{ end }}")
    bench.add(
      "apps/web/templates/b.yaml",
      "{{ if .Values.never }}\n\(never[0])\n{{ end }}\nb: {{ if false }}{{ now }}{{ else }}ok{{ end }}\n"
    )
    bench.add(
      "apps/web/templates/NOTES.txt", "It is {{ now }}, your number is {{ randInt 1 5 }}.\n")
    let chart = try bench.goodChart("apps/web")
    let output = try HelmRequest.of(chart).job(chart).run()
    #expect(
      output
        == .output(
          Array(
            """
            ---
            # Source: web/templates/a.yaml
            a: given
            ---
            # Source: web/templates/b.yaml
            b: ok

            """.utf8)))
  }

  @Test("with 'pin' the rest stays refused, and says so")
  func refusesWithPin() throws {
    for item in Self.refused where !item.canBePinned && !item.call.hasPrefix("getHost") {
      let bench = bench("a: {{ \(item.call) }}\n")
      let chart = try bench.goodChart("apps/web")
      var request = HelmRequest.of(chart)
      request.pins = true
      let finding = try failure(request, chart)
      let name = item.call.prefix { $0 != " " }
      #expect(
        finding.message == "the chart calls '\(name)', which 'helm.pin' gives no fixed result")
      #expect(finding.hints == ["give the value under 'helm.values:' in fleet.yaml"])
    }
  }

  @Test("without the name service a name has no address")
  func findsNoAddress() throws {
    let chart = try bench("a: {{ getHostByName \"localhost\" | quote }}\n").goodChart("apps/web")
    var request = HelmRequest.of(chart)
    request.disablesDNS = true
    let expected = "---\n# Source: web/templates/a.yaml\na: \"\"\n"
    #expect(try request.job(chart).run() == .output(Array(expected.utf8)))
  }
}
