// SPDX-License-Identifier: Apache-2.0

/// Functions of Sprig that a template here must not call, and why.
enum RefusedFunctions {
  private static let reasons: [(String, String)] = [
    (
      "its result changes with every push, so clusters would be rolled out for nothing",
      """
      now date date_in_zone date_modify dateInZone dateModify htmlDate htmlDateInZone ago duration
      durationRound must_date_modify mustDateModify mustToDate toDate unixEpoch uuidv4 randAlphaNum
      randAlpha randAscii randNumeric randInt randBytes shuffle genCA genCAWithKey genPrivateKey
      genSelfSignedCert genSelfSignedCertWithKey genSignedCert genSignedCertWithKey bcrypt htpasswd
      encryptAES
      """
    ),
    (
      "it makes secrets, which do not belong in Git",
      "derivePassword buildCustomCert decryptAES"
    ),
    (
      "a template sees the cluster it is made for, not the hub's surroundings",
      "env expandenv getHostByName"
    ),
    ("it belongs to Helm's own charts", "include tpl required lookup toYaml fromYaml"),
    ("it is not supported here", "semver urlParse urlJoin"),
    ("the caller has not added this digest", "sha1sum sha256sum sha512sum"),
  ]

  /// Why a function is refused; nil when nobody knows it.
  static func reason(_ name: String) -> String? {
    reasons.first { $0.1.split(whereSeparator: \.isWhitespace).contains { $0 == name } }?.0
  }
}
