// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc
import Rollouts
import Testing

@Suite("Time zones")
struct ZoneTests {
  private static let folder = "/usr/share/zoneinfo/"
  static let hasZones = access(folder + "Europe/Berlin", R_OK) == 0

  /// The rules of a zone of this machine.
  static func zone(_ name: String) throws -> ZoneRules { try ZoneRules(file: bytes(name)) }

  /// A moment as the clock on the wall shows it, some seconds ahead of UTC.
  static func text(_ moment: Int64, _ offset: Int) -> String {
    var time = time_t(moment + Int64(offset))
    var parts = tm()
    gmtime_r(&time, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
      + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
  }

  private static func bytes(_ name: String) throws -> [UInt8] {
    let file = try #require(fopen(folder + name, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    return Array(bytes[..<fread(&bytes, 1, bytes.count, file)])
  }

  /// What `date` says of moments in a zone: offsets in seconds.
  private static func offsets(_ name: String, _ moments: [Int64]) throws -> [Int] {
    var path = Array("/tmp/fleet-zones-XXXXXX".utf8CString)
    let descriptor = mkstemp(&path)
    try #require(descriptor >= 0)
    let file = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(file) }
    let lines = moments.map { "@\($0)\n" }.joined()
    try #require(write(descriptor, lines, lines.utf8.count) == lines.utf8.count)
    close(descriptor)
    let pipe = try #require(popen("TZ=\(name) date -f \(file) +%::z", "r"))
    defer { pclose(pipe) }
    var result: [Int] = []
    var line = [CChar](repeating: 0, count: 64)
    while fgets(&line, 64, pipe) != nil {
      let text = String(
        decoding: line.prefix { $0 > 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let parts = text.dropFirst().split(separator: ":").compactMap { Int($0) }
      try #require(parts.count == 3)
      result.append((parts[0] * 3600 + parts[1] * 60 + parts[2]) * (text.hasPrefix("-") ? -1 : 1))
    }
    return result
  }

  static let names = [
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca",
    "America/Nuuk", "Pacific/Apia", "Asia/Kathmandu", "Europe/Dublin", "America/Sao_Paulo", "UTC",
    "Asia/Gaza", "Antarctica/Troll", "Pacific/Chatham", "Europe/Amsterdam", "America/Santiago",
  ]

  @Test("the offset is that which `date` says", .enabled(if: hasZones), arguments: names)
  func offset(name: String) throws {
    var random = SeededRandom()
    let zone = try Self.zone(name)
    var moments = (0..<400).map { _ in
      // From 1900 to 2500: mean times, changes that are written down, and the rule after them.
      Int64.random(in: -2_208_988_800...16_725_225_600, using: &random)
    }
    // Close to the changes of this century.
    for year in 0..<60 {
      let start = Int64(1_577_836_800 + year * 31_556_952)
      for _ in 0..<5 { moments.append(start + Int64.random(in: 0..<31_556_952, using: &random)) }
    }
    let expected = try Self.offsets(name, moments)
    try #require(expected.count == moments.count)
    for (moment, offset) in zip(moments, expected) {
      #expect(zone.offset(at: moment) == offset, "\(name) at \(moment), \(random)")
    }
  }

  @Test(
    "a time that the clock jumps over is the moment of the jump, one that it shows twice the first",
    .enabled(if: hasZones))
  func changes() throws {
    let berlin = try Self.zone("Europe/Berlin")
    func fires(_ cron: String, _ moment: Int64) throws -> Int64? {
      try CronExpression(cron).next(after: moment, in: berlin)
    }
    // 2026-03-29: from 02:00 to 03:00 at 01:00 UTC. 2026-10-25: from 03:00 to 02:00 at 01:00 UTC.
    let (spring, autumn): (Int64, Int64) = (1_774_746_000, 1_792_890_000)
    #expect(try fires("0 30 2 29 3 ?", spring - 7_200) == spring)
    #expect(try fires("0 30 2 * * ?", spring) == spring + 23 * 3_600 + 1_800)
    #expect(try fires("0 0 * * * ?", spring - 1) == spring)
    #expect(try fires("0 30 2 25 10 ?", autumn - 86_400) == autumn - 1_800)
    #expect(try fires("0 30 2 * * ?", autumn - 1_800) == autumn + 25 * 3_600 - 1_800)
    #expect(try fires("0 0 * * * ?", autumn - 3_600) == autumn + 3_600)
  }

  @Test("a day that a zone has left out begins when the next one does", .enabled(if: hasZones))
  func skippedDay() throws {
    // Samoa went from 29 to 31 December 2011 at 10:00 UTC.
    let apia = try Self.zone("Pacific/Apia")
    let jump: Int64 = 1_325_239_200
    let cron = try CronExpression("0 0 12 30 12 ?")
    #expect(cron.next(after: jump - 3_600, in: apia) == jump)
  }

  @Test(
    "cron goes from window to window in every zone, and never backwards", .enabled(if: hasZones),
    arguments: names)
  func monotone(name: String) throws {
    let zone = try Self.zone(name)
    let cron = try CronExpression("0 30 0,1,2,3,23 * * ?")
    var moment: Int64 = 1_767_225_600
    for _ in 0..<2_000 {
      let next = try #require(cron.next(after: moment, in: zone))
      #expect(next > moment)
      #expect(next - moment < 26 * 3_600)
      moment = next
    }
  }

  @Test(
    "what is no zone file is refused",
    arguments: [
      ([], "is no zone file"), (Array("TZif".utf8), "is no zone file"),
      (Array("TZif2".utf8) + Array(repeating: 0, count: 60), "is a damaged zone file"),
      (Array("TZif2".utf8) + Array(repeating: 0xff, count: 60), "is a damaged zone file"),
    ] as [([UInt8], String)])
  func refuses(bytes: [UInt8], want: String) {
    let error = #expect(throws: ZoneFileError.self) { try ZoneRules(file: bytes) }
    #expect(error?.description == want)
  }

  @Test(
    "a zone file that is cut anywhere, or changed in one byte, never makes a trap",
    .enabled(if: hasZones))
  func damaged() throws {
    var random = SeededRandom()
    let whole = try Self.bytes("America/New_York")
    for count in stride(from: 0, to: whole.count, by: 7) {
      #expect(throws: ZoneFileError.self) { try ZoneRules(file: Array(whole[..<count])) }
    }
    for _ in 0..<2_000 {
      var bytes = whole
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
        in: 0...255, using: &random)
      guard let zone = try? ZoneRules(file: bytes) else { continue }
      #expect(
        abs(zone.offset(at: Int64.random(in: -(1 << 40)...(1 << 40), using: &random))) <= 700_000)
    }
  }
}
