// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Testing

@Suite("fleet.lock")
struct ChartLockTests {
  private static let digest = "sha256:" + String(repeating: "0123456789abcdef", count: 4)

  private static var sample: ChartLock {
    var lock = ChartLock()
    lock.charts = [
      ChartLock.Chart(
        chart: "web", repo: "https://charts.example.org", version: "^1.2", resolved: "1.3.0",
        archive: .init(path: ".fleet/charts/web-1.3.0.tgz", digest: digest)),
      ChartLock.Chart(
        chart: "", repo: "oci://registry.example.org/charts/db", version: "", resolved: "2.0.0",
        archive: .init(path: ".fleet/charts/db-2.0.0.tgz", digest: digest)),
    ]
    lock.dependencies = [
      ChartLock.Dependency(
        chart: ".", name: "redis", repository: "https://charts.example.org", version: "~17.0",
        resolved: "17.0.1", archive: .init(path: "charts/redis-17.0.1.tgz", digest: digest))
    ]
    return lock
  }

  private func read(_ text: String) -> (lock: ChartLock?, text: String) {
    var findings = Findings()
    let lock = ChartLock(Array(text.utf8), path: "apps/web/fleet.lock", findings: &findings)
    let renderer = FindingRenderer { _ in Array(text.utf8) }
    return (lock, renderer.text(findings.sorted))
  }

  @Test("a lock is written in the order of its bytes, whatever the order of its entries")
  func written() {
    let text = """
      # Written by 'kubectl fleet update'. Commit it; do not edit it.
      charts:
      - repo: oci://registry.example.org/charts/db
        resolved: 2.0.0
        archive: .fleet/charts/db-2.0.0.tgz
        digest: \(Self.digest)
      - chart: web
        repo: https://charts.example.org
        version: ^1.2
        resolved: 1.3.0
        archive: .fleet/charts/web-1.3.0.tgz
        digest: \(Self.digest)
      dependencies:
      - chart: .
        name: redis
        repository: https://charts.example.org
        version: ~17.0
        resolved: 17.0.1
        archive: charts/redis-17.0.1.tgz
        digest: \(Self.digest)

      """
    var lock = Self.sample
    #expect(String(decoding: lock.bytes, as: UTF8.self) == text)
    lock.charts.reverse()
    #expect(String(decoding: lock.bytes, as: UTF8.self) == text)
  }

  @Test("what was written is read again")
  func readAgain() {
    let text = String(decoding: Self.sample.bytes, as: UTF8.self)
    let (lock, complaints) = read(text)
    #expect(complaints == "")
    #expect(lock?.bytes == Self.sample.bytes)
    #expect(Set(lock?.charts ?? []) == Set(Self.sample.charts))
    #expect(read("").lock == ChartLock())
  }

  @Test("versions that YAML takes for numbers stay text")
  func numbers() {
    var lock = ChartLock()
    lock.charts = [
      ChartLock.Chart(
        chart: "web", repo: "https://charts.example.org", version: "1.10", resolved: "1",
        archive: .init(path: ".fleet/charts/web-1.tgz", digest: Self.digest))
    ]
    let again = read(String(decoding: lock.bytes, as: UTF8.self))
    #expect(again.lock == lock)
    #expect(again.text == "")
  }

  @Test("an entry is found by exactly what fleet.yaml says")
  func found() {
    let lock = Self.sample
    let repo = "https://charts.example.org"
    #expect(lock.entry(chart: "web", repo: repo, version: "^1.2")?.resolved == "1.3.0")
    #expect(lock.entry(chart: "web", repo: repo, version: "1.3.0") == nil)
    #expect(lock.entry(chart: "web", repo: nil, version: "^1.2") == nil)
    #expect(
      lock.entry(chart: nil, repo: "oci://registry.example.org/charts/db", version: nil)?.resolved
        == "2.0.0")
    #expect(
      lock.dependency(of: ".", name: "redis", repository: repo, version: "~17.0")?.resolved
        == "17.0.1")
    #expect(lock.dependency(of: "sub", name: "redis", repository: repo, version: "~17.0") == nil)
    #expect(
      lock.archives.map(\.path) == [
        ".fleet/charts/db-2.0.0.tgz", ".fleet/charts/web-1.3.0.tgz", "charts/redis-17.0.1.tgz",
      ])
  }

  @Test("what is wrong is said with its place")
  func complaints() {
    let (lock, text) = read(
      """
      charts:
      - chart: web
        repo: https://charts.example.org
        resolved: 1.3.0
        archive: ../../../etc/passwd
        digest: \(Self.digest)
      - chart: web
        repo: https://charts.example.org
        resolved: 1.3.0
        archive: a.tgz
        digest: sha1:12
      - archive: a.tgz
        digest: \(Self.digest)
      dependencies:
      - chart: /web
        name: redis
        repository: https://charts.example.org
        resolved: 1.0.0
        archive: charts//redis.tgz
        digest: \(Self.digest)
        size: 3

      """)
    #expect(lock == nil)
    #expect(
      text == """
        error: apps/web/fleet.lock:5:12: the archive '../../../etc/passwd' is
               not in the bundle
           5 |   archive: ../../../etc/passwd
             |            ^^^^^^^^^^^^^^^^^^^

        error: apps/web/fleet.lock:7:3: a second entry for the same chart
           7 | - chart: web
             |   ^^^^^^^^^^

        error: apps/web/fleet.lock:11:11: expected 'sha256:' and 64 digits,
               found 'sha1:12'
          11 |   digest: sha1:12
             |           ^^^^^^^

        error: apps/web/fleet.lock:12:3: the entry has no 'resolved'
          12 | - archive: a.tgz
             |   ^^^^^^^^^^^^^^

        error: apps/web/fleet.lock:13:11: the archive 'a.tgz' has two digests
          13 |   digest: sha256:0123456789abcdef0123456789abcdef0123456789abcde…
             |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

        error: apps/web/fleet.lock:15:10: the chart '/web' is not in the bundle
          15 | - chart: /web
             |          ^^^^

        error: apps/web/fleet.lock:19:12: the archive 'charts//redis.tgz' is not
               in the bundle
          19 |   archive: charts//redis.tgz
             |            ^^^^^^^^^^^^^^^^^

        error: apps/web/fleet.lock:21:3: unknown field 'size' in
               'dependencies[0]'
          21 |   size: 3
             |   ^^^^
        hint: the fields here are chart, name, repository, version, resolved,
              archive and digest

        """)
  }

  @Test("the marks of a merge make a lock that nobody reads")
  func merge() {
    let (lock, text) = read("<<<<<<< HEAD\ncharts: []\n=======\ncharts: []\n>>>>>>> other\n")
    #expect(lock == nil)
    #expect(
      text == """
        error: apps/web/fleet.lock:1:1: expected 'key: value', there is no ': '
               in this line
           1 | <<<<<<< HEAD
             | ^^^^^^^^^^^^

        """)
  }

  @Test("an archive that was changed, or is not there, is found out")
  func verified() throws {
    let bytes = Array("chart".utf8)
    let archive = ChartLock.Archive(
      path: ".fleet/charts/web-1.3.0.tgz", digest: ChartLock.digest(of: bytes))
    #expect(ChartLock.verify(bytes, archive, in: "apps/web") == nil)
    let renderer = FindingRenderer { _ in nil }
    let changed = try #require(ChartLock.verify(Array("chart!".utf8), archive, in: "apps/web"))
    #expect(
      renderer.text([changed]) == """
        error: apps/web/.fleet/charts/web-1.3.0.tgz: the archive is not the one
               of fleet.lock
        note: fleet.lock has sha256:cc57fc1903e4…, the file sha256:3f54195779d1…
        hint: take the committed one: git checkout HEAD --
              apps/web/.fleet/charts/web-1.3.0.tgz
        hint: or load it again: kubectl fleet update apps/web

        """)
    let absent = try #require(ChartLock.verify(nil, archive, in: "apps/it's"))
    #expect(
      renderer.text([absent]) == """
        error: apps/it's/.fleet/charts/web-1.3.0.tgz: the archive of fleet.lock
               is not in the repository
        hint: kubectl fleet update 'apps/it'\\''s'

        """)
  }

  @Test("a chart that is not in the lock is named with the command that loads it")
  func missing() {
    let source =
      "defaultNamespace: web\n\nhelm:\n  repo: https://charts.example.org\n  chart: nginx\n"
    let span = SourceSpan(
      path: "apps/web/fleet.yaml", start: SourcePosition(line: 5, column: 10, offset: 73),
      end: SourcePosition(line: 5, column: 15, offset: 78))
    let renderer = FindingRenderer { _ in Array(source.utf8) }
    #expect(
      renderer.text([
        ChartLock.missing(
          chart: "nginx", repo: "https://charts.example.org", version: "15.1.0", at: span,
          in: "apps/web"),
        ChartLock.missing(
          chart: nil, repo: "oci://registry.example.org/charts/db", version: nil, at: nil, in: ""),
        ChartLock.missing(
          chart: "", repo: "oci://registry.example.org/charts/db", version: nil, at: nil, in: ""),
        ChartLock.missing(dependency: "redis", version: "~17.0", at: nil, in: "apps/my web"),
      ]) == """
        error: apps/web/fleet.yaml:5:10: the chart 'nginx' 15.1.0 is not in the
               repository
           5 |   chart: nginx
             |          ^^^^^
        hint: kubectl fleet update apps/web

        error: the chart 'oci://registry.example.org/charts/db' is not in the
               repository
        hint: kubectl fleet update .

        error: the chart 'oci://registry.example.org/charts/db' is not in the
               repository
        hint: kubectl fleet update .

        error: the dependency 'redis' ~17.0 is not in the repository
        hint: kubectl fleet update 'apps/my web'

        """)
  }
}
