// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// An entry of `bundles` of a GitRepo: a directory, and the file with its options.
package struct BundlePath: Sendable, Hashable {
  /// The directory, as it is written.
  package let base: Located<String>
  /// The file with the options, from `base`; nil for `fleet.yaml` or `fleet.yml` in it, if there is one.
  package let options: Located<String>?

  /// Makes an entry.
  package init(base: Located<String>, options: Located<String>? = nil) {
    self.base = base
    self.options = options
  }

  /// The directory from the root of the repository; nil when it leaves the repository.
  package var directory: String? { BundlePath.joined("", base.value) }

  /// The file with the options from the root of the repository; nil when none is named.
  package var optionsPath: String? {
    guard let options, let directory else { return nil }
    return BundlePath.joined(directory, options.value)
  }

  /// Reads the entries; those that lead out of the repository are reported and left out.
  static func list(_ spec: FieldReader, findings: inout Findings) -> [BundlePath] {
    let entries = spec.objects("bundles")
    if !entries.isEmpty, let paths = spec.keySpan("paths"), !spec.strings("paths").isEmpty {
      findings.warning(
        "no-effect", "'spec.paths' has no effect here: there are 'bundles'", at: paths)
    }
    return entries.compactMap { entry in
      // Fleet takes the root of the repository for an empty base.
      guard let base = entry.string("base") else {
        if !entry.has("base") || entry.value("base")?.string == "" {
          findings.error(
            "missing-field", "an entry of 'bundles' needs a 'base'", at: entry.node?.span)
        }
        return nil
      }
      let path = BundlePath(base: base, options: entry.string("options"))
      guard let directory = path.directory, !directory.isEmpty else {
        let problem =
          path.directory == nil ? "leaves the repository" : "is no bundle: it is the root"
        findings.error(
          "bad-path", "the path \(Wording.quoted(base.value)) \(problem)", at: base.span)
        return nil
      }
      if let options = path.options, path.optionsPath == nil {
        findings.error(
          "bad-path", "the path \(Wording.quoted(options.value)) leaves the repository",
          at: options.span)
        return nil
      }
      return path
    }
  }

  /// A path from a directory, with `.` and `..` resolved; nil when it leaves the repository.
  package static func joined(_ directory: String, _ path: String) -> String? {
    var names = directory.split(separator: "/")
    for name in path.split(separator: "/") where name != "." {
      if name == ".." {
        if names.isEmpty { return nil }
        names.removeLast()
      } else {
        names.append(name)
      }
    }
    return names.joined(separator: "/")
  }
}
