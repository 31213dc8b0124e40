// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Rendering
import Testing

/// That the list of unstable functions is complete, told by helm itself.
@Suite("Stable functions of charts", .serialized)
struct StableFunctionTests {
  /// A call of every function of Sprig 3.3 and helm 3.17, whatever it gives, by name.
  static let calls: [(String, String)] = [
    ("hello", ""), ("ago", "now"), ("date", "\"15:04:05.000000\" \"\""),
    ("date_in_zone", "\"15:04:05.000000\" \"\" \"UTC\""),
    ("date_modify", "\"1h\" (toDate \"2006\" \"2001\")"),
    ("dateInZone", "\"15:04:05.000000\" \"\" \"UTC\""),
    ("dateModify", "\"1h\" (toDate \"2006\" \"2001\")"), ("duration", "\"95\""),
    ("durationRound", "\"2h10m\""),
    ("htmlDate", "(toDate \"2006\" \"2001\")"),
    ("htmlDateInZone", "(toDate \"2006\" \"2001\") \"UTC\""),
    ("must_date_modify", "\"1h\" (toDate \"2006\" \"2001\")"),
    ("mustDateModify", "\"1h\" (toDate \"2006\" \"2001\")"), ("mustToDate", "\"2006\" \"2001\""),
    ("now", ""), ("toDate", "\"2006\" \"2001\""), ("unixEpoch", "(toDate \"2006\" \"2001\")"),
    ("abbrev", "5 \"hello world\""), ("abbrevboth", "5 10 \"1234 5678 9123\""),
    ("trunc", "2 \"abc\""),
    ("trim", "\" a \""), ("upper", "\"a\""), ("lower", "\"A\""), ("title", "\"a\""),
    ("untitle", "\"A\""),
    ("substr", "0 1 \"abc\""), ("repeat", "2 \"a\""), ("trimall", "\"a\" \"aba\""),
    ("trimAll", "\"a\" \"aba\""),
    ("trimSuffix", "\"a\" \"aba\""), ("trimPrefix", "\"a\" \"aba\""), ("nospace", "\"a b\""),
    ("initials", "\"a b\""),
    ("randAlphaNum", "20"), ("randAlpha", "20"), ("randAscii", "20"), ("randNumeric", "20"),
    ("swapcase", "\"aB\""),
    ("shuffle", "\"abcdefghijklmnopqrstuvwwxz\""), ("snakecase", "\"aB\""),
    ("camelcase", "\"a_b\""), ("kebabcase", "\"aB\""),
    ("wrap", "2 \"a b c\""), ("wrapWith", "2 \"-\" \"a b c\""), ("contains", "\"a\" \"ab\""),
    ("hasPrefix", "\"a\" \"ab\""),
    ("hasSuffix", "\"a\" \"ab\""), ("quote", "1 \"a\""), ("squote", "1 \"a\""), ("cat", "1 \"a\""),
    ("indent", "2 \"a\""),
    ("nindent", "2 \"a\""), ("replace", "\"a\" \"b\" \"ab\""), ("plural", "\"a\" \"b\" 2"),
    ("sha1sum", "\"a\""),
    ("sha256sum", "\"a\""), ("sha512sum", "\"a\""), ("adler32sum", "\"a\""), ("toString", "1"),
    ("atoi", "\"1\""),
    ("int64", "\"1\""), ("int", "\"1\""), ("float64", "\"1\""), ("seq", "1 3"),
    ("toDecimal", "\"77\""), ("split", "\"/\" \"a/b\""),
    ("splitList", "\"/\" \"a/b\""), ("splitn", "\"/\" 1 \"a/b\""), ("toStrings", "(list 1 2)"),
    ("until", "3"),
    ("untilStep", "1 9 2"), ("add1", "1"), ("add", "1 2"), ("sub", "1 2"), ("div", "4 2"),
    ("mod", "4 3"), ("mul", "4 3"),
    ("randInt", "1 1000000000"), ("add1f", "1"), ("addf", "1 2"), ("subf", "1 2"), ("divf", "4 2"),
    ("mulf", "4 3"),
    ("biggest", "1 2"), ("max", "1 2"), ("min", "1 2"), ("maxf", "1 2"), ("minf", "1 2"),
    ("ceil", "1.5"), ("floor", "1.5"),
    ("round", "1.555 2"), ("join", "\",\" (list 1 2)"), ("sortAlpha", "(list \"b\" \"a\")"),
    ("default", "1 2"), ("empty", "1"),
    ("coalesce", "0 1"), ("all", "0 1"), ("any", "0 1"), ("compact", "(list 0 1)"),
    ("mustCompact", "(list 0 1)"),
    ("fromJson", "\"{}\""), ("toJson", ".Values.map"), ("toPrettyJson", ".Values.map"),
    ("toRawJson", ".Values.map"),
    ("mustFromJson", "\"{}\""), ("mustToJson", ".Values.map"), ("mustToPrettyJson", ".Values.map"),
    ("mustToRawJson", ".Values.map"), ("ternary", "1 2 true"), ("deepCopy", ".Values.map"),
    ("mustDeepCopy", ".Values.map"),
    ("typeOf", "1"), ("typeIs", "\"int\" 1"), ("typeIsLike", "\"int\" 1"), ("kindOf", "1"),
    ("kindIs", "\"int\" 1"),
    ("deepEqual", "1 2"), ("getHostByName", "\"localhost\""), ("base", "\"a/b\""),
    ("dir", "\"a/b\""), ("clean", "\"a/b\""),
    ("ext", "\"a.b\""), ("isAbs", "\"a\""), ("osBase", "\"a/b\""), ("osClean", "\"a/b\""),
    ("osDir", "\"a/b\""), ("osExt", "\"a.b\""),
    ("osIsAbs", "\"a\""), ("b64enc", "\"a\""), ("b64dec", "\"YQ==\""), ("b32enc", "\"a\""),
    ("b32dec", "\"ME======\""),
    ("tuple", "1 2"), ("list", "1 2"), ("dict", "\"a\" 1"), ("get", ".Values.map \"a\""),
    ("set", "(dict \"a\" 1) \"b\" 2"),
    ("unset", "(dict \"a\" 1) \"a\""), ("hasKey", ".Values.map \"a\""),
    ("pluck", "\"a\" .Values.map .Values.map"),
    ("keys", ".Values.map .Values.map .Values.map .Values.map"),
    ("pick", ".Values.map \"a\" \"b\" \"c\""),
    ("omit", ".Values.map \"a\""), ("merge", "(dict \"a\" 1) .Values.map"),
    ("mergeOverwrite", "(dict \"a\" 1) .Values.map"),
    ("mustMerge", "(dict \"a\" 1) .Values.map"),
    ("mustMergeOverwrite", "(dict \"a\" 1) .Values.map"),
    ("values", ".Values.map"), ("append", "(list 1) 2"), ("push", "(list 1) 2"),
    ("mustAppend", "(list 1) 2"),
    ("mustPush", "(list 1) 2"), ("prepend", "(list 1) 2"), ("mustPrepend", "(list 1) 2"),
    ("first", "(list 1)"),
    ("mustFirst", "(list 1)"), ("rest", "(list 1 2)"), ("mustRest", "(list 1 2)"),
    ("last", "(list 1)"), ("mustLast", "(list 1)"),
    ("initial", "(list 1 2)"), ("mustInitial", "(list 1 2)"), ("reverse", "(list 1 2)"),
    ("mustReverse", "(list 1 2)"),
    ("uniq", "(list 2 1 2)"), ("mustUniq", "(list 2 1 2)"), ("without", "(list 1 2) 1"),
    ("mustWithout", "(list 1 2) 1"),
    ("has", "1 (list 1)"), ("mustHas", "1 (list 1)"), ("slice", "(list 1 2) 1"),
    ("mustSlice", "(list 1 2) 1"),
    ("concat", "(list 1) (list 2)"), ("dig", "\"a\" 1 .Values.map"), ("chunk", "1 (list 1 2)"),
    ("mustChunk", "1 (list 1 2)"),
    ("bcrypt", "\"a\""), ("htpasswd", "\"a\" \"b\""), ("genPrivateKey", "\"ed25519\""),
    ("derivePassword", "1 \"long\" \"a\" \"b\" \"c\""),
    ("buildCustomCert", "(b64enc .Values.cert) (b64enc .Values.key)"),
    ("genCA", "\"a\" 1 | toJson"), ("genCAWithKey", "\"a\" 1 .Values.key | toJson"),
    ("genSelfSignedCert", "\"a\" nil nil 1 | toJson"),
    ("genSelfSignedCertWithKey", "\"a\" nil nil 1 .Values.key | toJson"),
    ("genSignedCert", "\"a\" nil nil 1 (genCA \"a\" 1) | toJson"),
    ("genSignedCertWithKey", "\"a\" nil nil 1 (genCA \"a\" 1) .Values.key | toJson"),
    ("encryptAES", "\"key\" \"text\""),
    ("decryptAES", "\"secretkey\" \"30tEfhuJSVRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ=\""),
    ("randBytes", "16"), ("uuidv4", ""), ("semver", "\"1.2.3\""),
    ("semverCompare", "\">1\" \"1.2.3\""), ("fail", ""),
    ("regexMatch", "\"a\" \"a\""), ("mustRegexMatch", "\"a\" \"a\""),
    ("regexFindAll", "\"a\" \"aa\" -1"),
    ("mustRegexFindAll", "\"a\" \"aa\" -1"), ("regexFind", "\"a\" \"a\""),
    ("mustRegexFind", "\"a\" \"a\""),
    ("regexReplaceAll", "\"a\" \"a\" \"b\""), ("mustRegexReplaceAll", "\"a\" \"a\" \"b\""),
    ("regexReplaceAllLiteral", "\"a\" \"a\" \"b\""),
    ("mustRegexReplaceAllLiteral", "\"a\" \"a\" \"b\""),
    ("regexSplit", "\"a\" \"bab\" -1"), ("mustRegexSplit", "\"a\" \"bab\" -1"),
    ("regexQuoteMeta", "\"a.b\""),
    ("urlParse", "\"http://a/b?c=d\""), ("urlJoin", "(urlParse \"http://a/b?c=d\")"),
    // Helm's own, and Go's.
    ("toToml", ".Values.map"), ("fromToml", "\"a = 1\""), ("toYaml", ".Values.map"),
    ("toYamlPretty", ".Values.map"),
    ("fromYaml", "\"a: 1\""), ("fromYamlArray", "\"[1]\""), ("fromJsonArray", "\"[1]\""),
    ("include", "\"t\" ."),
    ("tpl", "\"{{ .Values.map }}\" ."), ("required", "\"a\" 1"),
    ("lookup", "\"v1\" \"Pod\" \"a\" \"b\""),
    ("html", "\"<\""), ("js", "\"<\""), ("urlquery", "\"<\""), ("print", "1"), ("println", "1"),
    ("printf", "\"%v\" .Values.map"),
    ("len", ".Values.map"), ("index", ".Values.map \"a\""), ("not", "1"), ("and", "1 2"),
    ("or", "1 2"), ("eq", "1 2"), ("ne", "1 2"),
    ("lt", "1 2"), ("le", "1 2"), ("gt", "1 2"), ("ge", "1 2"),
  ]

  // `ago` is given the clock here, `htmlDate` and `durationRound` a day: they differ too slowly to be seen.
  private static let expected: Set<String> = [
    "date", "date_in_zone", "dateInZone", "now", "randAlphaNum", "randAlpha", "randAscii",
    "randNumeric",
    "randInt", "shuffle", "keys", "values", "bcrypt", "htpasswd", "genPrivateKey", "genCA",
    "genCAWithKey",
    "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey",
    "encryptAES",
    "randBytes", "uuidv4",
  ]

  private func chart() throws -> (ChartFolder, String) {
    var template = ""
    for (name, arguments) in Self.calls where name != "fail" {
      template += "\(name): {{ \(name) \(arguments) | toString | b64enc }}\n"
    }
    let bench = ChartBench([
      "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
      "templates/_t.tpl": "{{ define \"t\" }}x{{ end }}",
      "templates/a.yaml": template,
    ])
    let map = (0..<40).map { "k\($0): \($0)" }.joined(separator: ", ")
    let key = try #require(ChartSamples.key)
    let values =
      "map: {a: 1, \(map)}\nkey: |\n" + ChartSamples.indented(key.key)
      + "cert: |\n" + ChartSamples.indented(key.certificate)
    return (try bench.goodChart(""), values)
  }

  private func lines(_ outcome: RenderOutcome) throws -> [String] {
    guard case .output(let bytes) = outcome else {
      if case .failed(let errors) = outcome {
        Issue.record("\(String(decoding: errors, as: UTF8.self))")
      }
      return []
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test("every function whose result changes from one rendering to the next is on the list")
  func knowsAll() throws {
    let (chart, values) = try chart()
    var request = HelmRequest.of(chart, values: values)
    // The files as they are, which no job ever gives to helm.
    let files = try chart.folder(.refused, disablesDNS: true).files()
    #expect(files.count == 3)
    let original = try #require(ChartSamples.template(calls: Self.calls))
    let raw = RenderFolder(digest: "raw") {
      files.map { $0.path == "templates/a.yaml" ? ($0.path, original) : $0 }
    }
    request.attempt = 1
    let job = RenderJob(
      renderer: .helm, key: [], folder: raw, arguments: request.arguments, input: request.values)
    let first = try lines(job.run())
    let second = try lines(job.run())
    #expect(first.count == second.count && first.count > 200)
    let differing = zip(first, second).filter { $0 != $1 }.compactMap {
      $0.0.split(separator: ":").first.map(String.init)
    }
    #expect(Set(differing) == Self.expected)
  }

  @Test("keys and values of maps have one order")
  func sortsMaps() throws {
    let bench = ChartBench([
      "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
      "templates/a.yaml": """
      # a: {{ keys .Values.map | join "," }}
      # b: {{ .Values.map | keys | len }}
      # c: {{ join "," (keys .Values.map .Values.other | uniq) }}
      # d: {{ values .Values.map | join "," }}
      # e: {{ .Values.map | values | first | typeOf }}
      # f: {{ range keys .Values.other }}{{ . }}{{ end }}
      # g: {{ (values .Values.other | last).z | len }} {{ values .Values.other | toJson }}
      # h: {{ keys (dict "größe" 1 "b" 2) | first }}
      """,
    ])
    let chart = try bench.goodChart("")
    let map = (0..<20).map { "k\($0 + 10): \($0)" }.joined(separator: ", ")
    let request = HelmRequest.of(
      chart, values: "map: {\(map)}\nother: {w: 1.5, x: a, z: {z: [1]}}\n")
    let keys = (10..<30).map { "k\($0)" }.joined(separator: ",")
    let said = try lines(request.job(chart).run())
    #expect(
      said == [
        "---", "# Source: web/templates/a.yaml",
        "# a: \(keys)", "# b: 20", "# c: \(keys),w,x,z",
        "# d: " + (0..<20).map(String.init).joined(separator: ","), "# e: float64", "# f: wxz",
        "# g: 1 [1.5,\"a\",{\"z\":[1]}]", "# h: b",
      ])
  }

  @Test("a date function that is given a date does what it always did")
  func leavesDates() throws {
    let bench = ChartBench([
      "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
      "templates/a.yaml": """
      {{ $d := toDate "2006-01-02" "2001-02-03" -}}
      a: {{ date "2006" $d }} {{ $d | date "01" | quote }} {{ htmlDate $d }}
      b: {{ dateInZone "15:04" $d "Asia/Tokyo" }} {{ $d | htmlDate }}
      c: {{ date "2006" (int64 86400) }} {{ durationRound "100m" }} {{ "2h10m5s" | durationRound }}
      d: {{ printf "%s" (date "2006" $d) | trunc 2 }}
      """,
    ])
    let chart = try bench.goodChart("")
    #expect(
      try lines(HelmRequest.of(chart).job(chart).run()) == [
        "---", "# Source: web/templates/a.yaml", "a: 2001 \"02\" 2001-02-03",
        "b: 09:00 2001-02-03", "c: 1970 1h 2h", "d: 20",
      ])
  }
}
