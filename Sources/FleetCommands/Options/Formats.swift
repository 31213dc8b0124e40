// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import JSONTree
import YAMLTree

/// The formats of reports: text for people, or one document for programs.
enum DocumentFormat: String, ExpressibleByArgument, CaseIterable {
  case json, yaml
}

/// The formats of tables, as `kubectl get` has them.
enum TableFormat: String, ExpressibleByArgument, CaseIterable {
  case json, yaml, name, wide

  /// The format for programs, if it is one.
  var document: DocumentFormat? { DocumentFormat(rawValue: rawValue) }
}

extension CommandContext {
  /// Prints a document for programs.
  func print(_ document: JSONValue, as format: DocumentFormat) {
    switch format {
    case .json: print(JSONWriter.pretty(document))
    case .yaml: print(YAMLEmitter.emit(YAMLNode(document)))
    }
  }
}
