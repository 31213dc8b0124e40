// SPDX-License-Identifier: Apache-2.0

import Rollouts
import Testing

/// A case of Fleet's tables by its id.
struct LimitCase: Sendable, CustomTestStringConvertible {
  let id: String
  let count: Int
  let values: [FleetNumber?]
  let want: Int

  var testDescription: String { id }

  init(_ id: String, _ count: Int, _ values: [FleetNumber?], _ want: Int) {
    self.id = id
    self.count = count
    self.values = values
    self.want = want
  }
}

@Suite("Fleet's limits")
struct LimitTests {
  static let cases = [
    LimitCase("L01", 10, [.number(5)], 5),
    LimitCase("L02", 10, [.number(15)], 10),
    LimitCase("L03", 0, [.number(15)], 1),
    LimitCase("L04", -15, [.number(15)], 1),
    LimitCase("L05", 10, [.number(5), .number(15)], 5),
    LimitCase("L06", 10, [nil, .number(10)], 10),
    LimitCase("L07", 10, [.text("50%")], 5),
    LimitCase("L08", 11, [.text("100%")], 11),
    LimitCase("L09", 10, [.text("150%")], 10),
    LimitCase("L10", 10, [.text("10%")], 1),
    LimitCase("L11", 10, [.text("-10%")], 1),
    LimitCase("L12", 5, [.text("10%")], 1),
    LimitCase("L13", 50, [nil, nil], 50),
    LimitCase("L14", 10, [.text("49%")], 4),
    // What follows from the code without a test of Fleet's.
    LimitCase("zero is zero", 10, [.number(0)], 0),
    LimitCase("below zero is zero", 10, [.number(-3)], 0),
    LimitCase("no share is one", 10, [.text("0%")], 1),
    LimitCase("a text is not cut", 3, [.text("7")], 7),
    LimitCase("a text with a sign", 3, [.text("+7")], 7),
    LimitCase("a text that is too large", 3, [.text("99999999999999999999")], Int.max),
    LimitCase("a fraction", 100, [.text("12.5%")], 12),
    LimitCase("an exponent", 100, [.text("1e1%")], 10),
    LimitCase("a share of the largest set", Int.max, [.text("1e300%")], Int.max),
    LimitCase("M01", 1, [.number(0)], 0),
    LimitCase("M02", 4, [.text("1%")], 1),
  ]

  @Test("a count and its values give Fleet's limit", arguments: cases)
  func limit(of row: LimitCase) throws {
    let values = row.values + [nil, nil]
    #expect(try FleetLimit.resolve(row.count, values[0], values[1]) == row.want)
  }

  @Test(
    "a value that is no limit is refused with Fleet's sentence",
    arguments: [
      ("0", "invalid maxUnavailable, must be int or percentage (ending with %): 0"),
      ("-5", "invalid maxUnavailable, must be int or percentage (ending with %): -5"),
      ("abc", "invalid maxUnavailable, must be int or percentage (ending with %): abc"),
      ("", "invalid maxUnavailable, must be int or percentage (ending with %): "),
      ("x%", "failed to parse x%: strconv.ParseFloat: parsing \"x\": invalid syntax"),
      ("%", "failed to parse %: strconv.ParseFloat: parsing \"\": invalid syntax"),
      ("1 %", "failed to parse 1 %: strconv.ParseFloat: parsing \"1 \": invalid syntax"),
      ("nan%", "failed to parse nan%: strconv.ParseFloat: parsing \"nan\": invalid syntax"),
      ("1e%", "failed to parse 1e%: strconv.ParseFloat: parsing \"1e\": invalid syntax"),
    ])
  func refuses(value: String, sentence: String) {
    let error = #expect(throws: FleetLimitError.self) {
      try FleetLimit.resolve(10, .text(value))
    }
    #expect(error?.description == sentence)
  }

  @Test("values that were read give the same limits", arguments: cases)
  func readLimit(of row: LimitCase) {
    let limits = (row.values + [nil, nil]).map { Self.read($0) }
    guard !row.id.hasPrefix("a text") else { return }
    #expect(FleetLimit.resolve(row.count, limits[0], limits[1]) == row.want)
  }

  @Test("a part of a set is rounded down and never overflows")
  func parts() {
    #expect(FleetLimit.part(10_000, of: 2_500) == 25)
    #expect(FleetLimit.part(999_999, of: 2_500) == 2_499)
    #expect(FleetLimit.part(Int.max, of: Int.max) == Int.max)
    #expect(FleetLimit.part(Int.min, of: 5) == 0)
    #expect(FleetLimit.part(500_000, of: -5) == 0)
  }

  private static func read(_ value: FleetNumber?) -> Limit? {
    switch value {
    case nil: nil
    case .number(let number): .count(number)
    case .text(let text):
      Double(text.dropLast()).map {
        .share(partsPerMillion: $0 > 1e6 ? Int.max : Int($0 * 10_000))
      }
    }
  }
}

@Suite("Fleet's availability")
struct StageAvailabilityTests {
  typealias Deployment = FleetAvailability.Deployment
  typealias Target = FleetAvailability.Target

  static let available = Target(
    version: "id",
    deployment: Deployment(staged: "id", told: "id", applied: "id", isReady: true))
  static let mismatched = Target(
    version: "id",
    deployment: Deployment(staged: "id", told: "id", applied: "off-id", isReady: true))
  static let notReady = Target(
    version: "id",
    deployment: Deployment(staged: "id", told: "id", applied: "id", isReady: false))
  static let nothing = Target(version: "id", deployment: nil)

  @Test(
    "A01-A03: a deployment is unavailable until its version is applied and ready",
    arguments: [
      ("A01", nil, false),
      ("A02", Deployment(told: "123", applied: "456", isReady: true), true),
      ("A03", Deployment(told: "123", applied: "123", isReady: true), false),
    ] as [(String, Deployment?, Bool)])
  func unavailable(id: String, deployment: Deployment?, want: Bool) {
    #expect(FleetAvailability.isUnavailable(deployment) == want)
  }

  @Test(
    "A04-A08: a cluster is up to date when all three versions are its own",
    arguments: [
      ("A04", nil, false),
      ("A05", Deployment(staged: "off-id", told: "id", applied: "id", isReady: true), false),
      ("A06", Deployment(staged: "id", told: "off-id", applied: "id", isReady: true), false),
      ("A07", Deployment(staged: "id", told: "id", applied: "off-id", isReady: true), false),
      ("A08", Deployment(staged: "id", told: "id", applied: "id", isReady: false), true),
    ] as [(String, Deployment?, Bool)])
  func upToDate(id: String, deployment: Deployment?, want: Bool) {
    #expect(FleetAvailability.isUpToDate(Target(version: "id", deployment: deployment)) == want)
  }

  @Test(
    "A09-A11: a partition is unavailable when more than its limit are",
    arguments: [
      ("A09", 0, [available, available], false),
      ("A10", 0, [available, available, mismatched], true),
      ("A11", 1, [available, available, mismatched], false),
      ("one without a deployment is not up to date", 0, [available, nothing], true),
    ] as [(String, Int, [Target], Bool)])
  func partition(id: String, limit: Int, targets: [Target], want: Bool) {
    #expect(
      FleetAvailability.isPartitionUnavailable(targets, maxUnavailable: limit) == want)
  }

  @Test(
    "A12-A14: the unavailable ones are counted",
    arguments: [
      ("A12", [available, available, mismatched, notReady, available, nothing], 2),
      ("A13", [available, available, available], 0),
      ("A14", [mismatched, notReady, mismatched, notReady], 4),
    ] as [(String, [Target], Int)])
  func count(id: String, targets: [Target], want: Int) {
    #expect(FleetAvailability.unavailable(targets) == want)
  }

  @Test(
    "N01-N04: one pass makes at most maxNew deployments",
    arguments: [
      ("N01", 10, 100, 10), ("N02", 200, 20, 20), ("N03", 0, 10, 0), ("N04", nil, 100, 50),
    ] as [(String, Int?, Int, Int)])
  func new(id: String, maxNew: Int?, missing: Int, want: Int) {
    #expect(FleetAvailability.created(missing: missing, maxNew: maxNew) == want)
  }
}
