// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import GitObjects
package import Posix

/// Why nothing could be rendered; what a chart or kustomization did wrong is a `RenderOutcome` instead.
package enum RenderFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong with the path of a file that was to be written for a child.
  package enum PathProblem: Sendable, Hashable {
    /// It is absolute, or has `..`, `.` or an empty name in it.
    case leadsOut
    /// It has a NUL in it, or is longer than the system allows.
    case impossible
    /// Another file has the same path, or one that needs a folder in its place.
    case taken
  }

  /// The program is not on the `PATH`.
  case programMissing(Renderer)
  /// The environment names a program, by this value, that is not there.
  case programNotThere(Renderer, String)
  /// The program at this path did not tell its version, but this.
  case versionUnknown(Renderer, path: String, saying: String)
  /// The program at this path is older than what we can call.
  case versionTooOld(Renderer, path: String, version: String)
  /// A child has to be run, and the installed version is not the one that made the plans.
  case versionChanged(Renderer, expected: String, installed: String)
  /// A folder has a file that cannot be written safely.
  case unsafePath(String, PathProblem)
  /// An object of the source could not be read.
  case unreadable(ObjectAccessError)
  /// A file could not be written, or a child not be started.
  case system(PosixError)

  /// What failed, as a sentence without a full stop.
  package var description: String {
    switch self {
    case .programMissing(.helm): "helm is not installed"
    case .programMissing(.kustomize): "neither kubectl nor kustomize is installed"
    case .programNotThere(let renderer, let value):
      "\(renderer.variable) is \(Wording.quoted(value)), and no program is there"
    case .versionUnknown(let renderer, let path, let saying):
      "cannot tell the version of \(renderer.rawValue) in \(Wording.quoted(path)): it \(saying)"
    case .versionTooOld(let renderer, let path, let version):
      "\(renderer.rawValue) \(version) in \(Wording.quoted(path)) is too old; "
        + "it takes \(renderer.oldest) or newer"
    case .versionChanged(let renderer, let expected, let installed):
      "the plans of this hub are made with \(renderer.rawValue) \(expected), "
        + "installed is \(installed)"
    case .unsafePath(let path, .leadsOut):
      "the file \(Wording.quoted(path)) leads out of its folder"
    case .unsafePath(let path, .impossible):
      "the file \(Wording.quoted(path)) has a name that cannot be written"
    case .unsafePath(let path, .taken): "the file \(Wording.quoted(path)) is there twice"
    case .unreadable(let error): error.description
    case .system(let error): error.description
    }
  }

  /// What can be done: a command or a change; nil when there is nothing to say.
  package var hint: String? {
    switch self {
    case .programMissing(let renderer), .versionTooOld(let renderer, _, _):
      "install \(renderer.wanted) or set \(renderer.variable)"
    case .programNotThere(let renderer, _):
      "install \(renderer.wanted) there or correct \(renderer.variable)"
    case .versionUnknown(let renderer, _, _):
      "set \(renderer.variable) to a program that works"
    case .versionChanged: "fleet-hub recompile"
    case .unsafePath, .unreadable, .system: nil
    }
  }

  /// Whether it is a matter of the machine that renders; else the author of the files has to do something.
  package var isHubFault: Bool {
    if case .unsafePath = self { false } else { true }
  }
}

extension Renderer {
  /// The variable that says which program to use.
  package var variable: String {
    switch self {
    case .helm: "FLEET_HELM"
    case .kustomize: "FLEET_KUSTOMIZE"
    }
  }

  /// What to install.
  var wanted: String {
    switch self {
    case .helm: "helm 3.17"
    case .kustomize: "kubectl 1.32"
    }
  }

  /// The oldest version that has the arguments we give it.
  var oldest: String {
    switch self {
    case .helm: "3.10"
    case .kustomize: "4.5"
    }
  }
}
