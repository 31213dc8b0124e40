// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
import YAMLTree

extension ChartLock {
  /// Reads a file; nil when anything is wrong with it, which is reported with its place.
  ///
  /// A lock is written by a program, so there is no entry that can be left out: a file that was changed
  /// by hand, or with the marks of a merge in it, counts as a whole or not at all.
  package init?(_ bytes: [UInt8], path: String, findings: inout Findings) {
    var own = Findings()
    let documents = YAMLParser.parse(bytes, path: path, findings: &own)
    if documents.count > 1 {
      own.error("bad-lock", "a fleet.lock has one document", at: documents[1].root.span)
    }
    if !own.hasErrors, let root = documents.first?.root, !root.isNull {
      SchemaCheck.check(root, against: Self.schema, findings: &own)
      let fields = FieldReader(root)
      charts = fields.objects("charts").compactMap { Chart($0, findings: &own) }
      dependencies = fields.objects("dependencies").compactMap { Dependency($0, findings: &own) }
      checkNames(fields, findings: &own)
    }
    findings.add(contentsOf: own.all)
    if own.hasErrors { return nil }
  }

  /// Two entries for one thing, and one file that is to hold two things.
  private func checkNames(_ fields: FieldReader, findings: inout Findings) {
    var keys = Set<[String]>()
    var digests: [String: String] = [:]
    for list in ["charts", "dependencies"] {
      for entry in fields.objects(list) {
        let key = ["chart", "repo", "name", "repository", "version"].map {
          entry.string($0)?.value ?? ""
        }
        if !keys.insert([list] + key).inserted {
          findings.error("bad-lock", "a second entry for the same chart", at: entry.node?.span)
        }
        guard let archive = entry.string("archive"), let digest = entry.string("digest") else {
          continue
        }
        if digests.updateValue(digest.value, forKey: archive.value) ?? digest.value != digest.value
        {
          findings.error(
            "bad-lock", "the archive \(Wording.quoted(archive.value)) has two digests",
            at: digest.span)
        }
      }
    }
  }

  private static let archive = [
    Field("resolved", .string, "the version that was brought in"),
    Field("archive", .string, "the file, from the directory of the bundle"),
    Field("digest", .string, "`sha256:` and the digest of the file"),
  ]

  private static let schema = FieldSchema(
    "fleet.lock",
    [
      Field(
        "charts",
        .list(
          .object(
            FieldSchema(
              "a chart of fleet.lock",
              [
                Field("chart", .string, "`helm.chart` as written"),
                Field("repo", .string, "`helm.repo` as written"),
                Field("version", .string, "`helm.version` as written"),
              ] + archive))), "the charts that `fleet.yaml` names"),
      Field(
        "dependencies",
        .list(
          .object(
            FieldSchema(
              "a dependency of fleet.lock",
              [
                Field("chart", .string, "the directory of the chart"),
                Field("name", .string, "`name` as written"),
                Field("repository", .string, "`repository` as written"),
                Field("version", .string, "`version` as written"),
              ] + archive))), "the dependencies of charts in the bundle"),
    ])
}

extension ChartLock.Chart {
  fileprivate init?(_ fields: FieldReader, findings: inout Findings) {
    guard let resolved = fields.required("resolved", findings: &findings),
      let archive = ChartLock.Archive(fields, findings: &findings)
    else { return nil }
    let chart = fields.string("chart")?.value ?? ""
    let repo = fields.string("repo")?.value ?? ""
    if chart.isEmpty, repo.isEmpty {
      findings.error("bad-lock", "the entry has no 'chart' and no 'repo'", at: fields.node?.span)
    }
    self.init(
      chart: chart, repo: repo, version: fields.string("version")?.value ?? "",
      resolved: resolved.value, archive: archive)
  }
}

extension ChartLock.Dependency {
  fileprivate init?(_ fields: FieldReader, findings: inout Findings) {
    guard let chart = fields.required("chart", findings: &findings),
      let name = fields.required("name", findings: &findings),
      let repository = fields.required("repository", findings: &findings),
      let resolved = fields.required("resolved", findings: &findings),
      let archive = ChartLock.Archive(fields, findings: &findings)
    else { return nil }
    if chart.value != ".", !ChartLock.Archive.isInside(chart.value) {
      findings.error(
        "bad-lock", "the chart \(Wording.quoted(chart.value)) is not in the bundle", at: chart.span)
    }
    self.init(
      chart: chart.value, name: name.value, repository: repository.value,
      version: fields.string("version")?.value ?? "", resolved: resolved.value, archive: archive)
  }
}

extension ChartLock.Archive {
  fileprivate init?(_ fields: FieldReader, findings: inout Findings) {
    guard let path = fields.required("archive", findings: &findings),
      let digest = fields.required("digest", findings: &findings)
    else { return nil }
    if !Self.isInside(path.value) {
      findings.error(
        "bad-lock", "the archive \(Wording.quoted(path.value)) is not in the bundle", at: path.span)
    }
    if !Self.isDigest(digest.value) {
      findings.error(
        "bad-lock", "expected 'sha256:' and 64 digits, found \(Wording.quoted(digest.value))",
        at: digest.span)
    }
    self.init(path: path.value, digest: digest.value)
  }

  /// Whether a path stays below the directory that it counts from, and is written in one way only.
  fileprivate static func isInside(_ path: String) -> Bool {
    let names = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return names.allSatisfy { name in
      !name.isEmpty && !name.elementsEqual(".".utf8) && !name.elementsEqual("..".utf8)
    }
  }

  private static func isDigest(_ text: String) -> Bool {
    let prefix = "sha256:".utf8
    guard text.utf8.starts(with: prefix) else { return false }
    let digits = text.utf8.dropFirst(prefix.count)
    return digits.count == 64
      && digits.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }
}

extension FieldReader {
  fileprivate func required(_ name: String, findings: inout Findings) -> Located<String>? {
    if let value = string(name) { return value }
    // What has the wrong type is reported already.
    if value(name)?.string?.isEmpty ?? (value(name) == nil) {
      findings.error("bad-lock", "the entry has no '\(name)'", at: node?.span)
    }
    return nil
  }
}
