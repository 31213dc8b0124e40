// SPDX-License-Identifier: Apache-2.0

import HubService

/// A file of `templates/site` with its places filled in.
enum SiteTemplate {
  /// The text of a template. A place `{{NAME}}` gets a value; where a place is a whole line and its value is
  /// empty, the line goes. A line break at the end of a value is not doubled.
  static func filled(_ name: String, _ values: [String: String]) -> String {
    // A template is no script yet: what lints scripts by their first line passes it over.
    let values = values.merging(["SH": "/bin/sh"]) { $1 }
    let text = EmbeddedFiles.file("templates/site/\(name)")?.text ?? ""
    var lines: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if let place = place(line), let value = values[place] {
        if !value.isEmpty { lines.append(trimmed(value)) }
        continue
      }
      lines.append(filled(line, values))
    }
    return lines.joined(separator: "\n")
  }

  /// The text of a template as comments of scripts, units and manifests.
  static func comment(_ name: String, _ values: [String: String]) -> String {
    trimmed(filled(name, values)).split(separator: "\n", omittingEmptySubsequences: false)
      .map { "# \($0)" }.joined(separator: "\n")
  }

  /// The name of the place that a line consists of.
  private static func place(_ line: Substring) -> String? {
    guard line.hasPrefix("{{"), line.hasSuffix("}}"), line.utf8.count > 4 else { return nil }
    let name = line.dropFirst(2).dropLast(2)
    return name.contains("{") ? nil : String(name)
  }

  /// One pass, so that no value is read as a template.
  private static func filled(_ line: Substring, _ values: [String: String]) -> String {
    var result = ""
    var rest = line
    while let start = rest.firstRange(of: "{{"),
      let end = rest[start.upperBound...].firstRange(of: "}}")
    {
      let name = String(rest[start.upperBound..<end.lowerBound])
      result += rest[..<start.lowerBound]
      result += values[name] ?? "{{\(name)}}"
      rest = rest[end.upperBound...]
    }
    return result + rest
  }

  private static func trimmed(_ text: String) -> String {
    var text = text[...]
    while text.hasSuffix("\n") { text = text.dropLast() }
    return String(text)
  }
}
