// SPDX-License-Identifier: Apache-2.0

import Diagnostics

extension HelmFailure {
  /// `YAML parse error on web/templates/a.yaml: error converting YAML to JSON: yaml: line 4: …`.
  func yaml(_ text: String) -> Finding? {
    guard let rest = text.after("YAML parse error on "), text.hasPrefix("YAML parse error on "),
      let name = rest.before(": ")
    else { return nil }
    let path = chart.shown(chart.path(ofHelm: name) ?? name)
    let problem = rest.after("\(name): ") ?? rest
    let (line, words) = Self.yamlWords(problem)
    let place = line.map { ", line \($0)" } ?? ""
    let what = problem.contains("json: cannot unmarshal") ? "no manifest" : "not YAML"
    return Finding(
      .error, "rendered-yaml", "what helm makes of it is \(what)\(place): \(words)", path: path,
      hints: ["see the text with 'helm template --debug'"])
  }

  /// The line and the words of a message of Go's YAML reader.
  private static func yamlWords(_ text: String) -> (line: Int?, words: String) {
    var rest = text
    for head in [
      "error converting YAML to JSON: ", "error unmarshaling JSON: ", "while decoding JSON: ",
      "yaml: ", "json: ",
    ] where rest.hasPrefix(head) { rest.removeFirst(head.count) }
    var line: Int?
    if rest.hasPrefix("line "), let number = rest.between("line ", ": ").flatMap({ Int($0) }) {
      line = number
      rest = rest.after(": ") ?? rest
    }
    if rest.hasPrefix("cannot unmarshal ") {
      let isList = rest.hasPrefix("cannot unmarshal array")
      let field = rest.between("into Go struct field ", " of type")?.after(".")
      let what = field.map { Wording.quoted($0) } ?? "it"
      return (line, "\(what) is \(isList ? "a list" : "no map"), where a map has to be")
    }
    return (line, withoutValues(oneLine(rest)))
  }

  /// `values don't meet the specifications of the schema(s) in the following chart(s):`, and a line per chart
  /// and per violation.
  func schema(_ text: String) -> Finding? {
    guard text.hasPrefix("values don't meet the specifications of the schema") else { return nil }
    var name = chart.metadata.name
    var violations: [(chart: String, words: String)] = []
    var elsewhere: String?
    for line in text.split(separator: "\n").dropFirst() {
      if line.hasPrefix("- ") {
        violations.append((name, Self.violation(line.dropFirst(2))))
      } else if line.hasSuffix(":") {
        name = String(line.dropLast())
      } else if line.hasPrefix("Get \"") {
        elsewhere = elsewhere ?? String(line).between("Get \"", "\"")
      }
    }
    if let elsewhere, violations.isEmpty {
      return Finding(
        .error, "values-schema",
        "the schema of chart \(Wording.quoted(name)) names \(Wording.quoted(elsewhere)), and "
          + "nothing is loaded here",
        path: chart.shown(folderOfChart(named: name) + "values.schema.json"),
        hints: ["skip the check: helm.skipSchemaValidation: true"])
    }
    guard let first = violations.first else { return nil }
    let folder = folderOfChart(named: first.chart)
    let notes = violations.dropFirst().prefix(9).map { violation in
      Finding.Note(
        violation.chart == first.chart
          ? violation.words : "chart \(Wording.quoted(violation.chart)): \(violation.words)")
    }
    return Finding(
      .error, "values-schema",
      "the values do not fit the schema of chart \(Wording.quoted(first.chart)): \(first.words)",
      path: chart.shown(folder + "values.schema.json"), notes: Array(notes),
      hints: ["change 'helm.values:', or skip the check: helm.skipSchemaValidation: true"])
  }

  private static func violation(_ line: Substring) -> String {
    guard let colon = line.range(ofBytes: ": ") else { return oneLine(line) }
    let field = line[..<colon.lowerBound]
    var words = oneLine(line[colon.upperBound...])
    if let first = words.first { words = first.lowercased() + words.dropFirst() }
    return field == "(root)" ? words : "\(Wording.quoted(String(field))): \(words)"
  }

  private func folderOfChart(named name: String) -> String {
    chart.charts.first { $0.metadata.name == name }?.folder ?? ""
  }

  /// What helm says about the chart as a whole.
  func chart(_ text: String) -> Finding? {
    if let wanted = text.between("chart requires kubeVersion: ", " which is incompatible with "),
      let has = text.after("incompatible with Kubernetes ")
    {
      let hint =
        kubeVersion == nil
        ? ["say what the cluster runs: set 'kubernetesVersion:' in its Cluster"] : []
      let owner = chart.charts.first { $0.metadata.kubeVersion == wanted }
      let message = "the chart is for Kubernetes \(Wording.quoted(wanted)), not for \(has)"
      if let span = owner?.metadata.kubeVersionSpan {
        return Finding(.error, "kube-version", message, at: span, hints: hint)
      }
      return Finding(
        .error, "kube-version", message, path: chart.shown("Chart.yaml"), hints: hint)
    }
    if let version = text.between("invalid kube version '", "': ") {
      return Finding(
        .error, "kube-version", "\(Wording.quoted(version)) is no version of Kubernetes",
        path: chart.shown("Chart.yaml"), hints: ["write it as v1.32.0"])
    }
    if text.hasPrefix("release name "), let name = text.between("\"", "\""),
      let problem = HelmRequest.problem(ofReleaseName: name)
    {
      return Finding(.error, "release-name", problem, path: chart.shown("Chart.yaml"))
    }
    return file(text)
  }

  /// `cannot load values.yaml: error converting YAML to JSON: yaml: line 1: …`, also of a subchart.
  private func file(_ text: String) -> Finding? {
    var folder = ""
    var rest = text
    while let name = rest.between("error unpacking subchart ", " in "),
      rest.hasPrefix("error unpacking subchart "), let inner = rest.after(": ")
    {
      folder += "charts/\(name)/"
      rest = inner
    }
    if rest == "Chart.yaml file is missing" {
      let path = chart.shown(String(folder.dropLast()))
      return Finding(
        .error, "no-chart", "what stands in 'charts/' has to be a chart, this has no 'Chart.yaml'",
        path: path, hints: ["take it out of 'charts/', or list it in '.helmignore'"])
    }
    if let problem = rest.after("validation: chart.metadata."), rest.hasPrefix("validation: ") {
      let field = problem.before(" ") ?? problem
      let value = problem.between("\"", "\" is invalid").map { " " + Wording.quoted($0) } ?? ""
      return Finding(
        .error, "chart-metadata", "the chart's '\(field)'\(value) is not valid",
        path: chart.shown(folder + "Chart.yaml"))
    }
    guard rest.hasPrefix("cannot load "), let name = rest.between("cannot load ", ": "),
      let problem = rest.after("cannot load \(name): ")
    else { return nil }
    let (line, words) = Self.yamlWords(problem)
    let message = "the file cannot be read: \(words)"
    let path = folder + name
    if let line, let bytes = chart.original(path) {
      let offset = bytes.enumerated().filter { $0.element == 0x0a }.map(\.offset)
      let start = line < 2 ? 0 : offset.count > line - 2 ? offset[line - 2] + 1 : nil
      if let start {
        let place = SourcePosition(line: line, column: 1, offset: start)
        let span = SourceSpan(path: chart.shown(path), start: place, end: place)
        // Values may be passwords.
        return Finding(.error, "chart-file", message, at: span, showsSource: false)
      }
    }
    return Finding(.error, "chart-file", message, path: chart.shown(path))
  }
}
