// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Posix
import Testing

@Suite("the files as they are now")
struct SnapshotTests {
  @Test("untracked files count, ignored ones do not, and the repository stays as it is")
  func untouched() throws {
    let fleet = try FleetFixture(Samples.shops)
    try fleet.write("*.tmp.yaml\n", to: ".gitignore")
    try fleet.write("this is: [no yaml\n", to: "clusters/mine.tmp.yaml")
    try fleet.write(
      "apiVersion: fleet.cattle.io/v1alpha1\nkind: Cluster\nmetadata: {name: new-1}\n",
      to: "clusters/new.yaml")
    try fleet.git("rm", "--quiet", "--cached", "clusters/lab.yaml")
    try fleet.write("staged\n", to: "README.md")
    try fleet.git("add", "README.md")
    try fleet.write("changed after staging\n", to: "README.md")
    let before = try state(fleet)
    #expect(
      fleet.run("get", "clusters", "-o", "name").text == """
        cluster.fleet.cattle.io/dev-1
        cluster.fleet.cattle.io/lab-1
        cluster.fleet.cattle.io/new-1
        cluster.fleet.cattle.io/store-1
        cluster.fleet.cattle.io/store-2
        cluster.fleet.cattle.io/store-3

        """)
    #expect(try state(fleet) == before)
    #expect(try Files.entries(in: fleet.folder).map(\.text) == ["shop"])
  }

  /// Everything below `.git` with its content, and git's view of the files.
  private func state(_ fleet: FleetFixture) throws -> [String] {
    func walk(_ folder: String) throws -> [String] {
      try Files.entries(in: folder).flatMap { entry in
        let path = "\(folder)/\(entry.text)"
        return entry.kind == .directory
          ? try walk(path) : ["\(path) \(try Files.read(path, limit: 1 << 20))"]
      }
    }
    return try walk(fleet.repository + "/.git")
  }

  @Test("temporary folders go away, also when git fails")
  func temporaryFolders() throws {
    let fleet = try FleetFixture(Samples.shops)
    let temporary = fleet.folder + "/tmp"
    try Files.makeDirectories(temporary)
    #expect(fleet.run("check", adding: ["TMPDIR": temporary]).code == 0)
    #expect(try Files.entries(in: temporary) == [])
    try fleet.write("broken", to: ".git/index")
    #expect(
      fleet.run("check", adding: ["TMPDIR": temporary]).text == """
        stderr| error: git add ended with exit code 128
        stderr| note: <FOLDER>/shop/.git/index: index file smaller than expected
        exit code 70

        """)
    #expect(try Files.entries(in: temporary) == [])
  }

  @Test("a change in the second of the last commit, to a file of the same size, is seen")
  func racyChange() throws {
    let fleet = try FleetFixture([:])
    // All that git has left to see a change by is the time in seconds and the size.
    try fleet.git("config", "core.checkStat", "minimal")
    try fleet.git("config", "core.trustctime", "false")
    func age(_ path: String) throws {
      let file = "\(fleet.repository)/\(path)"
      #expect(try Child.run(["touch", "-d", "2026-01-01T00:00:00Z", file]).succeeded)
    }
    try fleet.write("one: 1\n", to: "clusters/a.yaml")
    try age("clusters/a.yaml")
    try fleet.commit("second")
    try age(".git/index")
    try fleet.write("two: [\n", to: "clusters/a.yaml")
    try age("clusters/a.yaml")
    #expect(fleet.run("check").output.contains("   1 | two: [\n"))
  }

  @Test("a folder below the top, a bare repository, and no repository at all")
  func places() throws {
    let fleet = try FleetFixture(Samples.shops)
    try fleet.git("clone", "--quiet", "--bare", ".", "../copy.git")
    let below = fleet.run("get", "groups", in: fleet.repository + "/apps/pos")
    #expect(
      below.text == """
        NAME    WORKSPACE       CLUSTERS
        eu      fleet-default   3
        shops   fleet-default   3

        """)
    #expect(fleet.run("get", "groups", "-C", "../copy.git").text == below.text)
    #expect(fleet.run("-C", "../copy.git", "get", "groups").text == below.text)
    #expect(
      fleet.run("check", in: fleet.folder).text == """
        stderr| error: '<FOLDER>' is in no Git repository
        stderr| hint: go to your fleet repository, or make one: kubectl fleet init
        exit code 1

        """)
    #expect(
      fleet.run("check", "-C", "nowhere").text == """
        stderr| error: there is no folder '<FOLDER>/shop/nowhere'
        exit code 64

        """)
  }

  @Test("variables of another repository lead nobody astray")
  func variables() throws {
    let fleet = try FleetFixture(Samples.shops)
    let outcome = fleet.run(
      "get", "groups", "--no-headers",
      adding: [
        "GIT_DIR": "/nowhere", "GIT_INDEX_FILE": "/nowhere/index", "GIT_WORK_TREE": "/nowhere",
        "GIT_OBJECT_DIRECTORY": "/nowhere/objects",
      ])
    #expect(outcome.text == "eu      fleet-default   3\nshops   fleet-default   3\n")
  }
}
