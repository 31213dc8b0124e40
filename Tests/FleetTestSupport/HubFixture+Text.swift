// SPDX-License-Identifier: Apache-2.0

extension HubFixture {
  /// Everything that a hub tells, as one text: plan, state with its log, and all slices with their
  /// manifests. Ids have names.
  package func publishedText() throws -> String {
    var text = "# refs/fleet/plan\n"
    text += try git("fleet.git", "show", "-s", "--format=%an <%ae>%n%B", "refs/fleet/plan") + "\n"
    text += try git("fleet.git", "ls-tree", "-r", "--name-only", "refs/fleet/plan") + "\n\n"
    text += "# refs/fleet/state\n" + (try stateLog()) + "\n"
    text += try git("fleet.git", "ls-tree", "-r", "--name-only", "refs/fleet/state") + "\n"
    text += try git("fleet.git", "show", "refs/fleet/state:state.json") + "\n\n"
    return GitFixture.namingIDs(in: text) + (try slices())
  }

  /// The audit log, newest first, as `git log` shows it, without dates; ids are those of Git.
  package func stateLog() throws -> String {
    try git("fleet.git", "log", "--format=%an <%ae>%n%B----", "refs/fleet/state") + "\n"
  }

  /// All slices: the commit's message and each file with its content. Ids have names.
  package func slices() throws -> String {
    let refs = try git("slices.git", "for-each-ref", "--format=%(refname)").split(separator: "\n")
    var text = ""
    for ref in refs {
      text +=
        "# \(ref)\n" + (try git("slices.git", "show", "-s", "--format=%an <%ae>%n%B", "\(ref)"))
      text += "\n"
      for file in try git("slices.git", "ls-tree", "-r", "--name-only", "\(ref)").split(
        separator: "\n")
      {
        text += "## \(file)\n" + (try git("slices.git", "show", "\(ref):\(file)")) + "\n"
      }
      text += "\n"
    }
    return GitFixture.namingIDs(in: text)
  }

  /// The commit of every slice, by the ref's name.
  package func sliceRefs() throws -> [String: String] {
    let lines = try git("slices.git", "for-each-ref", "--format=%(refname) %(objectname)")
    let pairs = lines.split(separator: "\n").map { $0.split(separator: " ") }
    return Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), String($0[1])) })
  }

  /// What differs from earlier slices: the files by name, and the new text of those that are short.
  package func changedSlices(since old: [String: String]) throws -> String {
    let empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    var text = ""
    for (ref, id) in try sliceRefs().sorted(by: { $0.key < $1.key }) where old[ref] != id {
      let message = try git(
        "slices.git", "show", "-s", "--format=%s, release %(trailers:key=Release,valueonly)", id)
      text += "# \(ref): \(message.split(separator: "\n").joined())\n"
      text +=
        try git(
          "slices.git", "diff-tree", "-r", "--name-status",
          old[ref].map { "\($0)^{tree}" } ?? empty, "\(id)^{tree}") + "\n"
    }
    for ref in old.keys.sorted() where try self.ref(ref, in: "slices.git") == nil {
      text += "# \(ref) is gone\n"
    }
    return text.isEmpty ? "# no slice differs\n" : text
  }
}
