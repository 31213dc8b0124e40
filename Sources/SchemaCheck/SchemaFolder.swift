// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import JSONTree
import ManifestSchema
import Posix

/// A folder of OpenAPI documents: `*.json` for all versions of Kubernetes, and in folders named `1.29`
/// or `v1.29` for one.
package struct SchemaFolder: Sendable {
  /// Why the documents cannot be used.
  package struct Problem: Error, Sendable, Hashable {
    /// What is wrong, lower case, no full stop.
    package let message: String
  }

  /// The largest document, in bytes; that of all APIs of a cluster with many custom ones has 10 MiB.
  private static let documentLimit = 64 << 20

  private let path: String?
  /// The folders for one version, by `1.29`.
  private var versions: [String: String] = [:]

  /// Looks at a folder; nil for none.
  package init(_ path: String?) throws(Problem) {
    guard let path, !path.isEmpty else {
      self.path = nil
      return
    }
    self.path = path
    for entry in try Self.entries(path)
    where entry.kind == .directory || entry.kind == .symbolicLink {
      let name = entry.text.hasPrefix("v") ? String(entry.text.dropFirst()) : entry.text
      if Files.isDirectory("\(path)/\(entry.text)") { versions[name] = "\(path)/\(entry.text)" }
    }
  }

  /// The folder with the documents for a version of Kubernetes, nil without documents.
  package func place(for version: String?) -> String? {
    guard let path else { return nil }
    guard let version else { return path }
    let digits = version.hasPrefix("v") ? version.dropFirst() : version[...]
    let numbers = digits.split(separator: ".").prefix(2)
    return versions[numbers.joined(separator: ".")] ?? path
  }

  /// Adds the documents in a folder to a catalog.
  static func read(_ folder: String, into catalog: inout SchemaCatalog) throws(Problem) {
    for entry in try entries(folder) where entry.text.hasSuffix(".json") {
      let path = "\(folder)/\(entry.text)"
      let bytes: [UInt8]
      do throws(PosixError) {
        bytes = try Files.read(path, limit: documentLimit)
      } catch {
        throw Problem(message: "\(error)")
      }
      guard let document = JSONParser.parse(bytes, limits: .machine),
        catalog.add(document: document)
      else {
        throw Problem(
          message: "'\(PrintableText.escape(path))' is no OpenAPI document")
      }
    }
  }

  private static func entries(_ path: String) throws(Problem) -> [Files.Entry] {
    do throws(PosixError) {
      return try Files.entries(in: path)
    } catch {
      throw Problem(message: "\(error)")
    }
  }
}
