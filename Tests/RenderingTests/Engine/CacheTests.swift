// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import GitObjects
import Glibc
import Posix
import Rendering
import Testing

@Suite("the cache of renderings")
struct CacheTests {
  private static let name = RenderCache.name(.helm, version: "v3.17.3", key: [1, 2, 3])

  @Test("names tell renderers, versions and keys apart")
  func names() {
    let names = [
      RenderCache.name(.helm, version: "v3.17.3", key: [1, 2, 3]),
      RenderCache.name(.kustomize, version: "v3.17.3", key: [1, 2, 3]),
      RenderCache.name(.helm, version: "v3.17.4", key: [1, 2, 3]),
      RenderCache.name(.helm, version: "v3.17.3", key: [1, 2]),
      RenderCache.name(.helm, version: "v3.17.3", key: []),
      RenderCache.name(.helm, version: "v3.17.", key: Array("3".utf8)),
    ]
    #expect(Set(names).count == names.count)
    // Another value here makes every hub render everything again.
    #expect(
      names[0] == "49d22179cf4994871bb6fd553735b0a7cf1b29bb9988e3dd16e8ed8e9a365651")
  }

  @Test("the second run starts no child, gives the same, and knows the version")
  func secondRun() throws {
    let fixture = try EngineFixture()
    let jobs = (0..<30).map { EngineFixture.script("echo \($0 / 2)") }
    let first = fixture.engine()
    let outcomes = try first.run(jobs)
    #expect(fixture.starts == 15 && fixture.questions == 1)
    let second = fixture.engine()
    #expect(try second.run(jobs) == outcomes)
    #expect(fixture.starts == 15 && fixture.questions == 1)
    #expect(second.statistics.ranNothing && second.statistics.hits == 15)
    #expect(second.versionsUsed == [.helm: "v3.17.3"])
    #expect(second.warnings == [])
    // 15 outcomes and the version.
    #expect(try fixture.entries().count == 16)
    let mode = try Files.attributes(fixture.cache)?.mode
    #expect(mode == 0o700)
    for entry in try fixture.entries() { #expect(try Files.attributes(entry)?.mode == 0o600) }
  }

  @Test("without a cache everything works and nothing is kept")
  func noCache() throws {
    let fixture = try EngineFixture()
    for starts in 1...2 {
      #expect(
        try fixture.engine(cache: .some(nil)).run([EngineFixture.script("echo a")]).map(\.text)
          == ["output: a\n"])
      #expect(fixture.starts == starts)
    }
    #expect(try fixture.entries() == [])
  }

  /// A way to damage an entry.
  enum Damage: String, CaseIterable {
    case empty, truncated, flipped, longer, garbage, wrongLength, noNewline, folder, otherEntry
  }

  @Test("a damaged entry is noticed and made again", arguments: Damage.allCases)
  func damage(_ damage: Damage) throws {
    let fixture = try EngineFixture()
    let cache = RenderCache(folder: fixture.cache)
    let job = EngineFixture.script("echo the output")
    _ = try fixture.engine().run([job])
    let name = RenderCache.name(.helm, version: "v3.17.3", key: job.key)
    let path = "\(fixture.cache)/\(name.prefix(2))/\(name.dropFirst(2))"
    var bytes = try #require(TestFiles.read(path))
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "11 \(SHA256.hex(Array("the output\n".utf8)))\nthe output\n")
    switch damage {
    case .empty: bytes = []
    case .truncated: bytes.removeLast(3)
    case .flipped: bytes[bytes.count - 3] ^= 1
    case .longer: bytes += [0x0a]
    case .garbage: bytes = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 11) }
    case .wrongLength: bytes[0] ^= 1
    case .noNewline: bytes = Array(repeating: 0x61, count: 10)
    case .folder:
      unlink(path)
      mkdir(path, 0o700)
      TestFiles.write([], to: path + "/file")
    case .otherEntry: bytes = Array(bytes[..<70])
    }
    if damage != .folder { TestFiles.write(bytes, to: path) }

    #expect(cache.read(name) == .damaged)
    #expect(cache.read(name) == .missing)
    if damage == .folder { mkdir(path, 0o700) } else { TestFiles.write(bytes, to: path) }
    let engine = fixture.engine()
    #expect(try engine.run([job]).map(\.text) == ["output: the output\n"])
    #expect(engine.statistics.damaged == 1 && engine.statistics.children == 1)
    #expect(engine.warnings == ["1 damaged entry of the cache of renderings was made again"])
    let next = fixture.engine()
    _ = try next.run([job])
    #expect(next.statistics.ranNothing && next.warnings == [])
  }

  @Test("a damaged version is asked again")
  func damagedVersion() throws {
    let fixture = try EngineFixture()
    let job = EngineFixture.script("echo the output")
    _ = try fixture.engine().run([job])
    for entry in try fixture.entries() { TestFiles.write([0x61], to: entry) }
    let engine = fixture.engine()
    _ = try engine.run([job])
    #expect(fixture.questions == 2)
    #expect(engine.statistics.damaged == 1)
  }

  @Test("a cache that cannot be written is told once and fails nothing")
  func unwritable() throws {
    let fixture = try EngineFixture()
    // A file in the place of the folder, because permissions do not stop root.
    try fixture.scratch.write("", to: "cache")
    let engine = fixture.engine()
    for _ in 0..<2 {
      #expect(
        try engine.run((0..<5).map { EngineFixture.script("echo \($0)") }).map(\.text)
          == (0..<5).map { "output: \($0)\n" })
    }
    #expect(engine.warnings.count == 1)
    let line = try #require(engine.warnings.first)
    #expect(line.hasPrefix("renderings are not kept: cannot make the folder '\(fixture.cache)"))
    #expect(line.hasSuffix("': file exists") || line.hasSuffix("': not a directory"))
  }

  @Test("any number of writers and readers of one entry see nothing or all of it")
  func sideBySide() async throws {
    let fixture = try EngineFixture()
    let cache = RenderCache(folder: fixture.cache)
    let body = (0..<60_000).map { UInt8(truncatingIfNeeded: $0) }
    let damaged = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask {
          var damaged = 0
          for _ in 0..<20 {
            do { try cache.write(Self.name, body) } catch { damaged += 1 }
            if cache.read(Self.name) != .found(body) { damaged += 1 }
          }
          return damaged
        }
      }
      return await group.reduce(0, +)
    }
    #expect(damaged == 0)
    #expect(try fixture.entries().count == 1)
  }

  @Test("two engines with the same jobs and one cache give the same")
  func twoEngines() async throws {
    let fixture = try EngineFixture()
    let jobs = (0..<20).map { EngineFixture.script("echo \($0)") }
    let (helm, cache, parent) = (fixture.helm, fixture.cache, fixture.parent)
    let texts = try await withThrowingTaskGroup(of: [String].self) { group in
      for _ in 0..<2 {
        group.addTask {
          try RenderEngine(
            cacheFolder: cache, scratchParent: parent, environment: ["FLEET_HELM": helm]
          ).run(jobs).map(\.text)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(texts == Array(repeating: (0..<20).map { "output: \($0)\n" }, count: 2))
    #expect(try fixture.entries().count == 21)
    #expect(try fixture.leftovers() == [])
  }

  @Test("the time of use is written at most once a day")
  func touching() throws {
    let fixture = try EngineFixture()
    let cache = RenderCache(folder: fixture.cache)
    try cache.write(Self.name, [1])
    let path = try #require(try fixture.entries().first)
    let now = Timestamp.now()
    for (age, isTouched) in [
      (Int64(3600), false), (80_000, false), (90_000, true), (-90_000, true),
    ] {
      let moment = Timestamp(seconds: now.seconds - age)
      try Self.setModified(path, moment)
      #expect(cache.read(Self.name) == .found([1]))
      #expect((try Files.attributes(path)?.modified != moment) == isTouched)
    }
  }

  @Test("what was not used for long is removed, with what killed writers left, and nothing else")
  func removal() throws {
    let fixture = try EngineFixture()
    let cache = RenderCache(folder: fixture.cache)
    let now = Timestamp.now()
    #expect(try cache.removeUnused(olderThan: now, halvesOlderThan: now) == 0)
    let names = (0..<4).map { RenderCache.name(.helm, version: "v3", key: [UInt8($0)]) }
    for name in names { try cache.write(name, [1]) }
    func path(_ name: String) -> String {
      "\(fixture.cache)/\(name.prefix(2))/\(name.dropFirst(2))"
    }
    let temporary = "\(Files.split(path(names[0])).folder)/.name.abcdef"
    let foreign = "\(fixture.cache)/README"
    for file in [temporary, foreign] { TestFiles.write([1], to: file) }
    let old = Timestamp(seconds: now.seconds - 40 * 86_400)
    for file in [path(names[0]), path(names[1]), foreign] { try Self.setModified(file, old) }
    let (month, day) = (30 * 86_400 as Int64, 86_400 as Int64)
    func remove() throws -> Int {
      try cache.removeUnused(
        olderThan: Timestamp(seconds: now.seconds - month),
        halvesOlderThan: Timestamp(seconds: now.seconds - day))
    }
    #expect(try remove() == 2)
    // A half that is older than a day belongs to nobody.
    try Self.setModified(temporary, Timestamp(seconds: now.seconds - day - 10))
    #expect(try remove() == 1)
    #expect(!Files.exists(temporary))
    #expect(names.map { cache.read($0) } == [.missing, .missing, .found([1]), .found([1])])
    #expect(Files.exists(foreign))
  }

  static func setModified(_ path: String, _ moment: Timestamp) throws {
    let time = timespec(tv_sec: Int(moment.seconds), tv_nsec: Int(moment.nanoseconds))
    try #require(utimensat(AT_FDCWD, path, [time, time], 0) == 0)
  }
}
