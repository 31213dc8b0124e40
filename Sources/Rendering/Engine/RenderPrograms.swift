// SPDX-License-Identifier: Apache-2.0

import GitObjects
import JSONTree
import Posix

/// A program that renders, as it is installed.
package struct RenderProgram: Sendable, Hashable {
  /// What it does.
  package let renderer: Renderer
  /// Its absolute path.
  package let path: String
  /// Whether it is kubectl with a kustomize inside.
  let isKubectl: Bool
  /// Whether it is a text that another program reads: what it calls may change while it stays as it is.
  let isScript: Bool
  /// What changes when another version is installed at this path.
  let identity: String

  /// The arguments before those of a job.
  var verb: [String] {
    switch renderer {
    case .helm: []
    case .kustomize: [isKubectl ? "kustomize" : "build"]
    }
  }
}

/// Finds the renderers and knows their versions; looks for nothing before it is asked.
///
/// A version is asked by a child once, and kept in the cache as long as the file of the program is the same.
package struct RenderPrograms {
  private let environment: [String: String]
  private let cache: RenderCache?
  private var found: [Renderer: RenderProgram] = [:]
  private var versions: [Renderer: String] = [:]
  private var confirmed: Set<Renderer> = []

  /// How many children were run to ask for a version.
  package private(set) var questions = 0

  /// Makes a finder.
  ///
  /// - Parameter environment: where `FLEET_HELM`, `FLEET_KUSTOMIZE` and `PATH` stand.
  package init(environment: [String: String], cacheFolder: String?) {
    self.environment = environment
    cache = cacheFolder.map { RenderCache(folder: $0) }
  }

  /// The program; runs no child.
  package mutating func program(_ renderer: Renderer) throws(RenderFailure) -> RenderProgram {
    if let program = found[renderer] { return program }
    let program = try look(for: renderer)
    found[renderer] = program
    return program
  }

  /// The version of the installed program, such as `v3.17.3`; of kubectl that of its kustomize.
  package mutating func version(_ renderer: Renderer) throws(RenderFailure) -> String {
    if let version = versions[renderer] { return version }
    let program = try self.program(renderer)
    let name = Self.entry(program)
    if case .found(let bytes) = cache?.read(name), let version = Self.version(in: bytes) {
      try check(version, of: program)
      versions[renderer] = version
      return version
    }
    return try ask(program, keepAs: name)
  }

  /// The version of the installed program now that a child of it is to be run.
  ///
  /// Of a script it is asked again, once: version managers put scripts in the place of programs.
  mutating func confirmedVersion(_ renderer: Renderer) throws(RenderFailure) -> String {
    let program = try self.program(renderer)
    guard program.isScript, !confirmed.contains(renderer) else {
      return try version(renderer)
    }
    return try ask(program, keepAs: Self.entry(program))
  }

  private func look(for renderer: Renderer) throws(RenderFailure) -> RenderProgram {
    if let value = environment[renderer.variable], !value.isEmpty {
      // Children do not start in the folder of the user, who may have written a relative path.
      guard let found = Child.find(value, path: environment["PATH"] ?? ""),
        let folder = try? Files.realPath(Files.split(found).folder),
        case let path = found.hasPrefix("/") ? found : "\(folder)/\(Files.split(found).name)",
        Files.isExecutable(path)
      else { throw .programNotThere(renderer, value) }
      return try describe(renderer, path)
    }
    let names =
      switch renderer {
      case .helm: ["helm"]
      case .kustomize: ["kubectl", "kustomize"]
      }
    for name in names {
      if let path = Child.find(name, path: environment["PATH"] ?? "") {
        return try describe(renderer, path)
      }
    }
    throw .programMissing(renderer)
  }

  private func describe(
    _ renderer: Renderer, _ path: String
  ) throws(RenderFailure) -> RenderProgram {
    let attributes: Files.Attributes?
    do throws(PosixError) {
      attributes = try Files.attributes(path)
    } catch {
      throw .system(error)
    }
    guard let attributes else { throw .programNotThere(renderer, path) }
    // What may be run need not be readable; then it is no script.
    let isScript = (try? Files.readPrefix(path, count: 2)) == Array("#!".utf8)
    let isKubectl = renderer == .kustomize && Files.split(path).name.hasPrefix("kubectl")
    let modified = attributes.modified
    return RenderProgram(
      renderer: renderer, path: path, isKubectl: isKubectl, isScript: isScript,
      identity: """
        \(renderer.rawValue)
        \(path)
        \(attributes.size) \(modified.seconds).\(modified.nanoseconds) \(attributes.inode)
        """)
  }

  /// A home that nobody can make, root neither: helm fails at one that it may not look into, as
  /// `/nonexistent` is where root has run something with that home.
  private static let noFolder = "/proc/nonexistent"

  private mutating func ask(
    _ program: RenderProgram, keepAs name: String
  ) throws(RenderFailure) -> String {
    questions += 1
    confirmed.insert(program.renderer)
    let child: ChildResult
    do throws(PosixError) {
      child = try Child.run(
        Self.question(program),
        environment: RenderEnvironment.variables(for: program, scratch: Self.noFolder),
        ownGroup: true, timeoutSeconds: 60, outputLimit: 1 << 20)
    } catch {
      throw .system(error)
    }
    return try version(in: child, of: program, keepAs: name)
  }

  /// The program and its arguments.
  private static func question(_ program: RenderProgram) -> [String] {
    switch program.renderer {
    case .helm: [program.path, "version", "--template", "{{.Version}}"]
    case .kustomize:
      [program.path, "version"] + (program.isKubectl ? ["--client", "-o", "json"] : [])
    }
  }

  private static func entry(_ program: RenderProgram) -> String {
    RenderCache.name("program\n", Array(program.identity.utf8))
  }

  /// The question for a version that only a child can tell; nil when it is known or cannot be asked.
  mutating func question(_ renderer: Renderer) -> ChildJob? {
    guard versions[renderer] == nil, let program = try? self.program(renderer) else { return nil }
    if case .found(let bytes) = cache?.read(Self.entry(program)), Self.version(in: bytes) != nil {
      return nil
    }
    var job = ChildJob(Self.question(program))
    job.environment = RenderEnvironment.variables(for: program, scratch: Self.noFolder)
    job.ownGroup = true
    job.timeoutSeconds = 60
    job.outputLimit = 1 << 20
    return job
  }

  /// Takes the answer to `question`; one that is no version is not taken, and asked for again.
  mutating func take(_ answer: Result<ChildResult, PosixError>, from renderer: Renderer) {
    questions += 1
    guard case .success(let child) = answer, let program = found[renderer],
      (try? version(in: child, of: program, keepAs: Self.entry(program))) != nil
    else { return }
    confirmed.insert(renderer)
  }

  private mutating func version(
    in child: ChildResult, of program: RenderProgram, keepAs name: String
  ) throws(RenderFailure) -> String {
    guard child.succeeded else {
      throw .versionUnknown(
        program.renderer, path: program.path, saying: child.status.description)
    }
    let answer =
      program.isKubectl
      ? JSONParser.parse(child.output)?["kustomizeVersion"]?.string.map { Array($0.utf8) }
      : child.output
    guard let version = answer.flatMap({ Self.version(in: $0) }) else {
      let text = String(decoding: child.output.prefix(1000), as: UTF8.self)
      throw .versionUnknown(
        program.renderer, path: program.path,
        saying: text.isEmpty ? "said nothing" : "said '\(text)'")
    }
    try check(version, of: program)
    versions[program.renderer] = version
    // A cache that cannot be written is told when it is asked for outcomes.
    try? cache?.write(name, Array(version.utf8))
    return version
  }

  private func check(_ version: String, of program: RenderProgram) throws(RenderFailure) {
    let oldest = Self.numbers(program.renderer.oldest)
    if Self.numbers(version).lexicographicallyPrecedes(oldest) {
      throw .versionTooOld(program.renderer, path: program.path, version: version)
    }
  }

  /// The first word like `v3.17.3` in what a program said; old kustomize puts braces and more around it.
  static func version(in bytes: [UInt8]) -> String? {
    let words = bytes.prefix(1000).split { byte in
      !(0x30...0x39).contains(byte) && !(0x41...0x5a).contains(byte)
        && !(0x61...0x7a).contains(byte) && !Array(".-+".utf8).contains(byte)
    }
    for word in words {
      let text = String(decoding: word, as: UTF8.self)
      if text.hasPrefix("v"), text.utf8.count <= 64, numbers(text).count >= 3 { return text }
    }
    return nil
  }

  /// The numbers of `v3.17.3-rc.1`: 3, 17, 3.
  private static func numbers(_ version: String) -> [Int] {
    let digits = version.utf8.drop { $0 == UInt8(ascii: "v") }
    let core = digits.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    return core.split(separator: UInt8(ascii: ".")).compactMap { Int(String(Substring($0))) }
  }
}
