// SPDX-License-Identifier: Apache-2.0

/// The functions of Helm's templates whose result is not made of their arguments alone.
///
/// Source: Sprig 3.3 as it is in helm 3.17. `env` and `expandenv` are taken out by helm itself;
/// `derivePassword` and `buildCustomCert` are made of their arguments; `toDate` and its relatives only
/// depend on the time zone, which is UTC here.
enum UnstableFunction: Hashable {
  /// The clock, without arguments: `now`.
  case clock
  /// A date function that takes the clock when it is given something else than a date.
  case date(arguments: Int, date: Int)
  /// The time that has passed since a date, which is its only argument: `ago`.
  case age
  /// A duration, which is the time that has passed when it is given a date.
  case roundedAge
  /// Random text; its only argument is the length.
  case text(Alphabet)
  /// A random number between two others.
  case number
  /// A random UUID, without arguments.
  case uuid
  /// Keys, certificates, salted digests: no fixed result would be any good.
  case secret
  /// The name service.
  case network
  /// The keys of maps, in an order that Go throws dice for; here they are sorted.
  case keys
  /// The values of maps, likewise; here they have the order of their keys.
  case values

  /// The characters of a random text.
  enum Alphabet {
    case alphanumeric, letters, digits, printable
  }

  private static let table: [String: UnstableFunction] = [
    "now": .clock,
    "date": .date(arguments: 2, date: 1),
    "date_in_zone": .date(arguments: 3, date: 1),
    "dateInZone": .date(arguments: 3, date: 1),
    "htmlDate": .date(arguments: 1, date: 0),
    "htmlDateInZone": .date(arguments: 2, date: 0),
    "ago": .age,
    "durationRound": .roundedAge,
    "randAlphaNum": .text(.alphanumeric), "randAlpha": .text(.letters),
    "randNumeric": .text(.digits), "randAscii": .text(.printable),
    "randInt": .number,
    "uuidv4": .uuid,
    "randBytes": .secret, "shuffle": .secret, "genPrivateKey": .secret,
    "genCA": .secret, "genCAWithKey": .secret, "genSelfSignedCert": .secret,
    "genSelfSignedCertWithKey": .secret, "genSignedCert": .secret, "genSignedCertWithKey": .secret,
    "bcrypt": .secret, "htpasswd": .secret, "encryptAES": .secret,
    "getHostByName": .network,
    "keys": .keys, "values": .values,
  ]

  /// All of their names.
  static let names = Set(table.keys)

  /// What a name stands for; nil for every other function.
  init?(_ name: String) {
    guard let kind = Self.table[name] else { return nil }
    self = kind
  }

  /// Whether `pin` gives it a fixed result.
  var canBePinned: Bool {
    switch self {
    case .clock, .date, .text, .number, .uuid: true
    case .age, .roundedAge, .secret, .network, .keys, .values: false
    }
  }
}

/// What is done with the unstable functions of a chart.
package enum UnstableCalls: Sendable, Hashable {
  /// A call fails, and the finding names its place.
  case refused
  /// A call gives a fixed result made of its place and these names; what cannot be pinned fails.
  case pinned(release: String, namespace: String)
}
