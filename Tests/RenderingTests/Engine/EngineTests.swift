// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import GitObjects
import Glibc
import Posix
import Rendering
import Testing

@Suite("the engine of renderings")
struct EngineTests {
  @Test("outcomes come in the order of the jobs, whatever the width", arguments: [1, 8])
  func order(width: Int) throws {
    let fixture = try EngineFixture()
    let jobs = (0..<20).map { EngineFixture.script("echo \($0); exit $((\($0) % 2))") }
    let engine = fixture.engine(width: width)
    #expect(
      try engine.run(jobs).map(\.text)
        == (0..<20).map {
          $0 % 2 == 0 ? "output: \($0)\n" : "failed: helm ended with exit code 1"
        })
    #expect(try fixture.leftovers() == [])
  }

  @Test("a job is verb, arguments, input and files, and starts in its folder")
  func whatAChildGets() throws {
    let fixture = try EngineFixture()
    let job = EngineFixture.script(
      """
      echo "$verb"; for i; do echo "$i" | sed "s#^$PWD#FOLDER#"; done
      cat; find . -type f | sort; cat 'a b/c.txt'; stat -c %a . 'a b/c.txt'
      """,
      "{folder}", "{folder}/a b", "x={folder}", "{folder}s", "", input: "the input\n",
      files: [("a b/c.txt", "content\n"), ("ü/'\"$(x)\\.txt", ""), ("-rf", "")])
    #expect(
      try fixture.engine().run([job]).map(\.text) == [
        """
        output: template
        FOLDER
        FOLDER/a b
        x={folder}
        {folder}s

        the input
        ./-rf
        ./a b/c.txt
        ./ü/'"$(x)\\.txt
        content
        700
        600

        """
      ])
  }

  @Test("the environment of a child is built from nothing")
  func environment() throws {
    let fixture = try EngineFixture()
    let job = EngineFixture.script(
      "env | grep -v -e '^_=' -e '^PWD=' | sed \"s#${HOME%/home}#SCRATCH#\" | LC_ALL=C sort")
    #expect(
      try fixture.engine().run([job]).map(\.text) == [
        """
        output: ALL_PROXY=http://127.0.0.1:9
        GIT_ALLOW_PROTOCOL=none
        GIT_TERMINAL_PROMPT=0
        GOGC=off
        GOMAXPROCS=1
        GOMEMLIMIT=256MiB
        HELM_CACHE_HOME=SCRATCH/home/cache/helm
        HELM_CONFIG_HOME=SCRATCH/home/config/helm
        HELM_DATA_HOME=SCRATCH/home/data/helm
        HELM_NO_PLUGINS=1
        HELM_PLUGINS=SCRATCH/plugins
        HELM_REGISTRY_CONFIG=SCRATCH/home/config/helm/registry.json
        HELM_REPOSITORY_CACHE=SCRATCH/home/cache/helm/repository
        HELM_REPOSITORY_CONFIG=SCRATCH/home/config/helm/repositories.yaml
        HOME=SCRATCH/home
        HTTPS_PROXY=http://127.0.0.1:9
        HTTP_PROXY=http://127.0.0.1:9
        KUBECONFIG=/dev/null
        LC_ALL=C
        NO_PROXY=
        PATH=/usr/bin:/bin
        TMPDIR=SCRATCH/tmp
        TZ=UTC
        XDG_CACHE_HOME=SCRATCH/home/cache
        XDG_CONFIG_HOME=SCRATCH/home/config
        XDG_DATA_HOME=SCRATCH/home/data
        XDG_RUNTIME_DIR=SCRATCH/home/run
        XDG_STATE_HOME=SCRATCH/home/state
        all_proxy=http://127.0.0.1:9
        http_proxy=http://127.0.0.1:9
        https_proxy=http://127.0.0.1:9
        no_proxy=

        """
      ])
  }

  @Test("equal jobs run once, and a folder is written once for all that name it")
  func once() throws {
    let fixture = try EngineFixture()
    let files = [(path: "a.txt", text: "a\n")]
    let jobs = ["1", "2", "1", "1"].map {
      EngineFixture.script("cat a.txt; echo \"$1\"; ls ..", $0, files: files)
    }
    let engine = fixture.engine(width: 1)
    // 'ls ..' shows that the second job's folder is the first one's.
    #expect(
      try engine.run(jobs).map(\.text)
        == ["1", "2", "1", "1"].map { "output: a\n\($0)\n0\n" })
    #expect(fixture.starts == 2)
    var expected = RenderStatistics()
    expected.jobs = 4
    expected.distinct = 2
    expected.children = 2
    expected.questions = 1
    #expect(engine.statistics == expected)
  }

  @Test("what is wrong with a child is its own outcome, and is not kept")
  func faults() throws {
    let fixture = try EngineFixture()
    let jobs = [
      "sleep 60", "exec >&- 2>&-; sleep 60", "yes", "yes >&2", "kill -SEGV $$",
      "echo 'some words' >&2; exit 1", "exit 3",
      "echo \"cannot read $PWD/a.txt in $PWD\" >&2; exit 1",
      "echo \"${HOME}\" >&2; exit 1", "echo well",
    ].map { EngineFixture.script($0) }
    let expected = [
      "failed: helm did not end within 1 s", "failed: helm did not end within 1 s",
      "failed: helm wrote more than 1 MiB", "failed: helm wrote more than 1 MiB",
      "failed: helm was ended by signal 11", "failed: some words\n",
      "failed: helm ended with exit code 3", "failed: cannot read a.txt in .\n",
      "failed: SCRATCH/home\n", "output: well\n",
    ]
    for expectedStarts in [10, 19] {
      let engine = fixture.engine(width: 8)
      engine.limits.seconds = 1
      engine.limits.outputBytes = 1 << 20
      #expect(try engine.run(jobs).map(\.text) == expected)
      #expect(fixture.starts == expectedStarts)
    }
  }

  @Test("progress is told as children end, and not at all when there are none")
  func progress() throws {
    let fixture = try EngineFixture()
    let jobs = ["1", "2", "2", "3"].map { EngineFixture.script("echo \($0)") }
    var told: [String] = []
    _ = try fixture.engine(progress: { told.append($0) }).run(jobs)
    #expect(told == ["rendering 1 of 3", "rendering 2 of 3", "rendering 3 of 3"])
    told = []
    _ = try fixture.engine(progress: { told.append($0) })
      .run(jobs + [EngineFixture.script("echo 4")])
    #expect(told == ["rendering 1 of 1"])
    told = []
    _ = try fixture.engine(progress: { told.append($0) }).run(jobs)
    #expect(told == [])
  }

  @Test(
    "a file that would not land in its folder is refused, and nothing stays behind",
    arguments: [
      (["/etc/x"], "the file '/etc/x' leads out of its folder"),
      (["a", "../x"], "the file '../x' leads out of its folder"),
      (["a/../../x"], "the file 'a/../../x' leads out of its folder"),
      (["a//x"], "the file 'a//x' leads out of its folder"),
      (["./x"], "the file './x' leads out of its folder"),
      (["a/"], "the file 'a/' leads out of its folder"),
      ([""], "the file '' leads out of its folder"),
      (["a", "b", "a"], "the file 'a' is there twice"),
      (["a/b", "a"], "the file 'a' is there twice"),
      (["a\0b"], "the file 'a\\u{0}b' has a name that cannot be written"),
      (
        [String(repeating: "x", count: 256)],
        "the file '\(String(repeating: "x", count: 79))…' has a name that cannot be written"
      ),
    ])
  func unsafePaths(paths: [String], expected: String) throws {
    let fixture = try EngineFixture()
    let job = EngineFixture.script("true", files: paths.map { ($0, "") })
    let text = sentence { () throws(RenderFailure) in _ = try fixture.engine().run([job]) }
    #expect(text == expected + " | not the hub")
    #expect(fixture.starts == 0)
    #expect(try fixture.leftovers() == [])
  }

  @Test("names that differ in case or in the composition of a letter are different files")
  func similarNames() throws {
    let fixture = try EngineFixture()
    let job = EngineFixture.script(
      "ls | wc -l", files: ["a", "A", "\u{e9}", "e\u{301}"].map { ($0, "") })
    #expect(try fixture.engine().run([job]).map(\.text) == ["output: 4\n"])
  }

  @Test("an object that cannot be read ends the run and the children in it")
  func unreadable() throws {
    let fixture = try EngineFixture()
    let id = try #require(ObjectID(hex: "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"))
    let broken = RenderJob(
      renderer: .helm, key: [1],
      folder: RenderFolder(digest: "1") {
        () throws(ObjectAccessError) -> [(path: String, bytes: [UInt8])] in throw .missing(id)
      }, arguments: ["true"], input: [])
    let text = sentence { () throws(RenderFailure) in
      _ = try fixture.engine(width: 2).run([EngineFixture.script("exec sleep 600"), broken])
    }
    #expect(text == "the object e69de29bb2d1d6434b8b29ae775ad8c2e48c5391 is missing")
    #expect(try fixture.leftovers() == [])
  }

  @Test("a place for scratch folders that cannot be made is told")
  func noScratch() throws {
    let fixture = try EngineFixture()
    try fixture.scratch.write("", to: "scratch")
    let text = sentence { () throws(RenderFailure) in
      _ = try fixture.engine().run([EngineFixture.script("true")])
    }
    #expect(text == "cannot make the folder '\(fixture.parent)': file exists")
  }

  @Test("nothing to do needs no program, no cache and no folder")
  func nothing() throws {
    let fixture = try EngineFixture()
    let engine = fixture.engine(helm: "/no/helm")
    #expect(try engine.run([]) == [])
    #expect(engine.versionsUsed == [:])
    #expect(try fixture.leftovers() == [] && fixture.entries() == [])
  }
}
