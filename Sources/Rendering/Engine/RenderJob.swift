// SPDX-License-Identifier: Apache-2.0

package import GitObjects

/// A program that renders.
package enum Renderer: String, Sendable, Hashable, CaseIterable {
  /// `helm template`.
  case helm
  /// `kubectl kustomize`, or `kustomize build`.
  case kustomize
}

/// A file that a renderer gets.
package struct RenderFile: Sendable, Hashable {
  /// The path from the folder's root, without a leading `/`.
  package let path: String
  /// The blob in the source tree; equal ids are equal bytes.
  package let id: ObjectID

  /// Makes a file.
  package init(path: String, id: ObjectID) {
    self.path = path
    self.id = id
  }
}

/// A folder of files that a child reads; written once for all jobs that name it.
package struct RenderFolder: Sendable {
  /// What tells equal folders: a digest of all paths and contents, in hexadecimal.
  package let digest: String
  /// Gives the files when a child has to be run; never called when every outcome is known.
  package let files: @Sendable () throws(ObjectAccessError) -> [(path: String, bytes: [UInt8])]

  /// Makes a folder.
  package init(
    digest: String,
    files: @escaping @Sendable () throws(ObjectAccessError) -> [(path: String, bytes: [UInt8])]
  ) {
    self.digest = digest
    self.files = files
  }
}

/// One call of a renderer.
package struct RenderJob: Sendable {
  /// What stands for the absolute path of the folder in `arguments`.
  ///
  /// Replaced in an argument that is exactly this, and at the start of one that goes on with `/`
  /// (`{folder}/overlays/prod`). Anywhere else the text means itself: a file or a value may be called so.
  package static let folderArgument = "{folder}"

  /// The program.
  package let renderer: Renderer
  /// Every input but the version of the program, in canonical bytes: equal keys are equal outcomes.
  package let key: [UInt8]
  /// The files.
  package let folder: RenderFolder
  /// The arguments behind the program's name, for helm with `template`; for kustomize behind the verb,
  /// which depends on the program (`kubectl kustomize`, `kustomize build`). `folderArgument` is replaced.
  package let arguments: [String]
  /// What the child reads on its standard input.
  package let input: [UInt8]

  /// Makes a job.
  package init(
    renderer: Renderer, key: [UInt8], folder: RenderFolder, arguments: [String], input: [UInt8]
  ) {
    self.renderer = renderer
    self.key = key
    self.folder = folder
    self.arguments = arguments
    self.input = input
  }
}

/// What became of a job.
package enum RenderOutcome: Sendable, Hashable {
  /// What the program wrote to its standard output.
  case output([UInt8])
  /// What it wrote to its standard error before it ended with another exit code than 0; or, when it was
  /// ended by us, why.
  case failed([UInt8])
}
