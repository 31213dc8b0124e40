// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc
import Rendering
import Testing

@Suite("which renderers are installed")
struct ProgramsTests {
  private func failure(
    _ environment: [String: String], of renderer: Renderer = .helm, cache: String? = nil
  ) -> String {
    sentence { () throws(RenderFailure) in
      var programs = RenderPrograms(environment: environment, cacheFolder: cache)
      _ = try programs.version(renderer)
    }
  }

  @Test("a program that is missing is told with what to do")
  func missing() throws {
    let scratch = try ScratchFolder()
    try scratch.write("not executable", to: "helm")
    #expect(
      failure(["PATH": scratch.path])
        == "helm is not installed | install helm 3.17 or set FLEET_HELM")
    #expect(failure([:]) == "helm is not installed | install helm 3.17 or set FLEET_HELM")
    #expect(
      failure(["PATH": scratch.path], of: .kustomize)
        == "neither kubectl nor kustomize is installed | install kubectl 1.32 or set FLEET_KUSTOMIZE"
    )
    let path = scratch.path + "/helm"
    #expect(
      failure(["FLEET_HELM": path, "PATH": "/usr/local/bin"])
        == "FLEET_HELM is '\(path)', and no program is there | "
        + "install helm 3.17 there or correct FLEET_HELM")
    #expect(
      failure(["FLEET_KUSTOMIZE": "no-such-program"], of: .kustomize)
        == "FLEET_KUSTOMIZE is 'no-such-program', and no program is there | "
        + "install kubectl 1.32 there or correct FLEET_KUSTOMIZE")
  }

  @Test(
    "versions that are too old, or none at all, are refused",
    arguments: [
      (
        "v3.9.4",
        "helm v3.9.4 in 'HELM' is too old; it takes 3.10 or newer | "
          + "install helm 3.17 or set FLEET_HELM"
      ),
      (
        "v2.17.0",
        "helm v2.17.0 in 'HELM' is too old; it takes 3.10 or newer | "
          + "install helm 3.17 or set FLEET_HELM"
      ),
      (
        "",
        "cannot tell the version of helm in 'HELM': it said nothing | "
          + "set FLEET_HELM to a program that works"
      ),
      (
        "hello",
        "cannot tell the version of helm in 'HELM': it said 'hello' | "
          + "set FLEET_HELM to a program that works"
      ),
    ])
  func versions(version: String, expected: String) throws {
    let fixture = try EngineFixture(version: version)
    #expect(
      failure(["FLEET_HELM": fixture.helm], cache: fixture.cache)
        .split(separator: fixture.helm, omittingEmptySubsequences: false).joined(separator: "HELM")
        == expected)
  }

  @Test("a program that fails when it is asked, or is none, is refused")
  func broken() throws {
    let scratch = try ScratchFolder()
    let fails = try scratch.write("#!/bin/sh\nexit 4\n", to: "fails")
    let garbage = try scratch.write("\u{0}\u{1}", to: "garbage")
    for path in [fails, garbage] { chmod(path, 0o755) }
    #expect(
      failure(["FLEET_HELM": fails])
        == "cannot tell the version of helm in '\(fails)': it ended with exit code 4 | "
        + "set FLEET_HELM to a program that works")
    #expect(failure(["FLEET_HELM": garbage]) == "cannot run '\(garbage)': exec format error")
  }

  @Test(
    "kustomize is found in kubectl or by itself, and tells its version in each form it has had",
    arguments: [
      (
        "kubectl", #"{"clientVersion":{"gitVersion":"v1.32.0"},"kustomizeVersion":"v5.5.0"}"#,
        "v5.5.0"
      ),
      ("kustomize", "v5.4.1", "v5.4.1"),
      ("kustomize", "{kustomize/v4.5.7  2022-08-02T16:35:54Z  linux amd64   }", "v4.5.7"),
    ])
  func kustomizes(name: String, answer: String, expected: String) throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write("#!/bin/sh\necho '\(answer)'\n", to: name)
    chmod(path, 0o755)
    for environment in [["PATH": scratch.path], ["FLEET_KUSTOMIZE": path]] {
      var programs = RenderPrograms(environment: environment, cacheFolder: nil)
      #expect(try programs.version(.kustomize) == expected)
      #expect(try programs.program(.kustomize).path == path)
    }
  }

  @Test("a version is asked once for each state of the program's file")
  func remembered() throws {
    let fixture = try EngineFixture()
    func version(cache: String?) throws -> String {
      var programs = RenderPrograms(
        environment: ["FLEET_HELM": fixture.helm], cacheFolder: cache)
      #expect(try programs.version(.helm) == programs.version(.helm))
      return try programs.version(.helm)
    }
    for _ in 0..<3 { #expect(try version(cache: fixture.cache) == "v3.17.3") }
    #expect(fixture.questions == 1)
    try fixture.install(version: "v3.18.0")
    for _ in 0..<3 { #expect(try version(cache: fixture.cache) == "v3.18.0") }
    #expect(fixture.questions == 2)
    for _ in 0..<2 { #expect(try version(cache: nil) == "v3.18.0") }
    #expect(fixture.questions == 4)
  }

  @Test("outcomes of the expected version need no program; what is not known needs that version")
  func expectedVersion() throws {
    let fixture = try EngineFixture(version: "v3.17.3")
    let known = EngineFixture.script("echo known")
    _ = try fixture.engine().run([known])
    try fixture.install(version: "v3.18.0")

    let engine = fixture.engine(helm: "/no/helm", expected: [.helm: "v3.17.3"])
    #expect(try engine.run([known]).map(\.text) == ["output: known\n"])
    #expect(engine.versionsUsed == [.helm: "v3.17.3"])
    #expect(engine.statistics.ranNothing)

    let starts = fixture.starts
    let new = EngineFixture.script("echo new")
    let text = sentence { () throws(RenderFailure) in
      _ = try fixture.engine(expected: [.helm: "v3.17.3"]).run([known, new])
    }
    #expect(
      text == "the plans of this hub are made with helm v3.17.3, installed is v3.18.0 | "
        + "fleet-hub recompile")
    #expect(fixture.starts == starts)
    #expect(try fixture.leftovers() == [])

    let adopted = fixture.engine(expected: [.helm: "v3.18.0"])
    #expect(try adopted.run([known, new]).map(\.text) == ["output: known\n", "output: new\n"])
    #expect(adopted.versionsUsed == [.helm: "v3.18.0"])
    #expect(adopted.statistics.children == 2)
  }

  @Test("a script that calls another version than it did yesterday is noticed before it renders")
  func versionManager() throws {
    let fixture = try EngineFixture()
    let version = try fixture.scratch.write("v3.17.3", to: "version")
    try fixture.scratch.write(
      "#!/bin/sh\n[ $1 = version ] || echo rendered by\ncat '\(version)'\n", to: "helm")
    let jobs = (0..<2).map { EngineFixture.script("\($0)") }
    let first = fixture.engine()
    #expect(try first.run([jobs[0]]).map(\.text) == ["output: rendered by\nv3.17.3"])
    TestFiles.write(Array("v3.18.0".utf8), to: version)

    // What is known is known of the version before.
    let second = fixture.engine()
    #expect(try second.run([jobs[0]]).map(\.text) == ["output: rendered by\nv3.17.3"])
    #expect(second.versionsUsed == [.helm: "v3.17.3"])

    let third = fixture.engine()
    #expect(
      try third.run(jobs).map(\.text)
        == Array(repeating: "output: rendered by\nv3.18.0", count: 2))
    #expect(third.versionsUsed == [.helm: "v3.18.0"])
    #expect(third.statistics.children == 2 && third.statistics.jobs == 2)
  }
}
