// SPDX-License-Identifier: Apache-2.0

import Posix

/// How programs are told of a hub that wants a password.
///
/// Arguments can be read by everybody on the machine, an environment cannot. And git tries without the password
/// of a URL first, which costs a second request for each answer 401.
extension HubAddress {
  /// The header for a name and password in an HTTP URL; nil where the URL has none.
  var authorization: String? {
    guard let user = userInfo, user.contains(":") else { return nil }
    return "Authorization: Basic \(Self.base64(Self.decoded(user)))"
  }

  /// The same header, else with what git's credential helpers know; nil where nobody has a password. Nobody is asked
  /// for one.
  func authorization(_ git: Git, timeout: Int) throws(PosixError) -> String? {
    if let authorization { return authorization }
    try git.makeIfMissing()
    let result = try git.run(
      ["credential", "fill"], adding: ["GIT_ASKPASS": ""],
      input: Array("url=\(plainURL)\n\n".utf8), timeout: timeout)
    guard result.succeeded else { return nil }
    var values: [Substring: Substring] = [:]
    for line in String(decoding: result.output, as: UTF8.self).split(separator: "\n") {
      guard let equals = line.firstIndex(of: "=") else { continue }
      values[line[..<equals]] = line[line.index(after: equals)...]
    }
    guard let name = values["username"], let password = values["password"] else { return nil }
    return "Authorization: Basic \(Self.base64(Array("\(name):\(password)".utf8)))"
  }

  /// The URL for arguments and messages of git: without name and password where `authorization` has them.
  var plainURL: String {
    guard authorization != nil, let range = userInfoRange else { return url }
    return String(url[..<range.lowerBound] + url[url.index(after: range.upperBound)...])
  }

  /// An address below, like `slices`, as git gets it.
  func plain(_ address: String) -> String {
    address.hasPrefix(url) ? plainURL + address.dropFirst(url.count) : address
  }

  /// Settings for git by its environment: the header for this hub, behind what is there.
  ///
  /// Source: git-config(1), GIT_CONFIG_COUNT.
  var gitVariables: [String: String] {
    guard let authorization else { return [:] }
    let count = Environment.get("GIT_CONFIG_COUNT").flatMap { Int($0) } ?? 0
    guard count >= 0, count < 1 << 16 else { return [:] }
    return [
      "GIT_CONFIG_COUNT": String(count + 1),
      "GIT_CONFIG_KEY_\(count)": "http.\(plainURL).extraHeader",
      "GIT_CONFIG_VALUE_\(count)": authorization,
    ]
  }

  private var userInfo: Substring? { userInfoRange.map { url[$0] } }

  private var userInfoRange: Range<String.Index>? {
    guard isWeb, let start = url.firstRange(of: "://")?.upperBound else { return nil }
    let authority = url[start...].prefix { $0 != "/" }
    guard let at = authority.lastIndex(of: "@") else { return nil }
    return start..<at
  }

  /// The bytes that `%2F` and the like stand for.
  private static func decoded(_ text: Substring) -> [UInt8] {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let value = UInt8(
          String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        result.append(value)
        index += 3
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var word = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      var four: [UInt8] = []
      for place in 0..<4 {
        four.insert(place < 3 - group.count ? UInt8(ascii: "=") : digits[word & 63], at: 0)
        word >>= 6
      }
      text += four
    }
    return String(decoding: text, as: UTF8.self)
  }
}
