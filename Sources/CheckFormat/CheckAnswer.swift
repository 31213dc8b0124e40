// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import JSONTree

/// What a check program writes to its standard output.
package struct CheckAnswer: Sendable, Hashable {
  /// Something that a check program found.
  package struct Finding: Sendable, Hashable {
    /// Whether it refuses or only warns.
    package var severity: Severity
    /// A stable name in kebab case.
    package var code: String
    /// What is wrong.
    package var message: String
    /// The bundle that it is about; empty for the whole push.
    package var bundle: String
    /// The workspace of the bundle; empty for any.
    package var workspace: String
    /// The object that it is about.
    package var object: ObjectName?
    /// The place in the object as a JSON pointer (RFC 6901), empty for the whole object.
    package var pointer: String
    /// What can be done.
    package var hints: [String]

    /// Makes a finding.
    package init(
      severity: Severity, code: String, message: String, bundle: String = "",
      workspace: String = "", object: ObjectName? = nil, pointer: String = "", hints: [String] = []
    ) {
      self.severity = severity
      self.code = code
      self.message = message
      self.bundle = bundle
      self.workspace = workspace
      self.object = object
      self.pointer = pointer
      self.hints = hints
    }
  }

  /// Which object of a bundle.
  package struct ObjectName: Sendable, Hashable {
    /// Group and version.
    package var apiVersion: String
    /// The kind.
    package var kind: String
    /// The namespace as it was in the request.
    package var namespace: String
    /// The name.
    package var name: String

    /// Makes a name.
    package init(apiVersion: String, kind: String, namespace: String, name: String) {
      self.apiVersion = apiVersion
      self.kind = kind
      self.namespace = namespace
      self.name = name
    }
  }

  /// What was found.
  package var findings: [Finding]
  /// One line about what was done, for who watches; empty for none.
  package var summary: String

  /// Makes an answer.
  package init(findings: [Finding], summary: String = "") {
    self.findings = findings
    self.summary = summary
  }
}

extension CheckAnswer {
  /// The answer as it is written, with a line break at the end.
  package var bytes: [UInt8] {
    let json = JSONValue.object([
      "format": .integer(CheckRequest.format),
      "summary": .string(summary),
      "findings": .array(findings.map(\.json)),
    ])
    return JSONWriter.compact(json) + [0x0a]
  }

  /// Reads an answer; members that are not known are left alone.
  package init(_ json: JSONValue) throws(CheckRequest.Refusal) {
    guard let format = json["format"]?.integer else { throw .malformed("format") }
    guard format == CheckRequest.format else { throw .format(format) }
    guard let items = json["findings"]?.items else { throw .malformed("findings") }
    var findings: [Finding] = []
    for item in items { findings.append(try Finding(item)) }
    self.init(findings: findings, summary: json["summary"]?.string ?? "")
  }
}

extension CheckAnswer.Finding {
  fileprivate var json: JSONValue {
    var members = [
      JSONMember("severity", .string(severity.rawValue)), JSONMember("code", .string(code)),
      JSONMember("message", .string(message)),
    ]
    if !bundle.isEmpty { members.append(JSONMember("bundle", .string(bundle))) }
    if !workspace.isEmpty { members.append(JSONMember("workspace", .string(workspace))) }
    if let object { members.append(JSONMember("object", object.json)) }
    if !pointer.isEmpty { members.append(JSONMember("pointer", .string(pointer))) }
    members.append(JSONMember("hints", .array(hints.map { .string($0) })))
    return .object(members)
  }

  fileprivate init(_ json: JSONValue) throws(CheckRequest.Refusal) {
    guard let severity = json["severity"]?.string.flatMap(Severity.init(rawValue:)) else {
      throw .malformed("findings[].severity")
    }
    guard let message = json["message"]?.string, !message.isEmpty else {
      throw .malformed("findings[].message")
    }
    self.init(
      severity: severity, code: json["code"]?.string ?? "", message: message,
      bundle: json["bundle"]?.string ?? "", workspace: json["workspace"]?.string ?? "",
      object: json["object"].flatMap(CheckAnswer.ObjectName.init),
      pointer: json["pointer"]?.string ?? "",
      hints: (json["hints"]?.items ?? []).compactMap(\.string))
  }
}

extension CheckAnswer.ObjectName {
  fileprivate var json: JSONValue {
    .object([
      "apiVersion": .string(apiVersion), "kind": .string(kind), "namespace": .string(namespace),
      "name": .string(name),
    ])
  }

  fileprivate init?(_ json: JSONValue) {
    guard let kind = json["kind"]?.string, let name = json["name"]?.string else { return nil }
    self.init(
      apiVersion: json["apiVersion"]?.string ?? "", kind: kind,
      namespace: json["namespace"]?.string ?? "", name: name)
  }
}
