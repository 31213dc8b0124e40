// SPDX-License-Identifier: Apache-2.0

import FleetModel
import Testing

/// Cases H01–H17: names as Fleet makes them.
@Suite("bundle names")
struct NameTests {
  struct LimitCase: CustomTestStringConvertible, Sendable {
    let id: String
    let text: String
    let count: Int
    let expected: String
    var testDescription: String { id }
  }

  @Test(
    "a long name is cut and keeps five digits of its MD5",
    arguments: [
      LimitCase(id: "H01", text: "1234567", count: 5, expected: "12345"),
      LimitCase(id: "H02", text: "1234567", count: 6, expected: "123456"),
      LimitCase(id: "H03", text: "1234567", count: 7, expected: "1234567"),
      LimitCase(id: "H04", text: "1234567", count: 8, expected: "1234567"),
      LimitCase(id: "H05", text: "12345678", count: 8, expected: "12345678"),
      LimitCase(id: "H06", text: "12345678", count: 7, expected: "1-25d55"),
      LimitCase(id: "H07", text: "123456789", count: 8, expected: "12-25f9e"),
      LimitCase(id: "H08", text: "1-3456789", count: 8, expected: "1-9b657"),
    ])
  func limit(_ example: LimitCase) {
    #expect(BundleName.limit(example.text, to: example.count) == example.expected)
  }

  @Test("a cut inside a character drops the character")
  func limitInsideCharacter() {
    #expect(BundleName.limit("ab€defghij", to: 6) == "ab€d")
    #expect(BundleName.limit("abcde€f", to: 6) == "abcde")
  }

  static let fifty = String(repeating: "1234567890", count: 5)

  @Test(
    "a release name has at most 53 characters of a DNS label",
    arguments: [
      ("H09", fifty + "123", fifty + "123"),
      ("H10", fifty + "123a", "12345678901234567890123456789012345678901234567-fdba4"),
      ("H11", fifty + "1234567890123a", "12345678901234567890123456789012345678901234567-eb12d"),
      (
        "H12", "long-name-test-shortpath-with@char", "long-name-test-shortpath-with-char-031bab5e"
      ),
      (
        "H13", "long-name-test-shortpath-with+char", "long-name-test-shortpath-with-char-21c88393"
      ),
      ("H14", "long-name-test-0.App_ ", "long-name-test-0-app-5bf6b3fb"),
      ("H15", "long-name-test--App_-_12.factor", "long-name-test-app-12-factor-0efbac37"),
      ("H16", "bundle.name.example.com", "bundle-name-example-com-645ef821"),
      (
        "H17", String((fifty + "123").prefix(46)) + "-1234567",
        "1234567890123456789012345678901234567890123456-d0bce"
      ),
      ("only dashes", "---", "9efc314b65237d5d646e1b81"),
    ])
  func helmReleaseName(id: String, text: String, expected: String) {
    #expect(BundleName.helmReleaseName(text) == expected)
  }

  @Test(
    "a bundle is named after its GitRepo and its path",
    arguments: [
      ("apps/pos", "edge-apps-pos"), ("", "edge"), (".", "edge"), ("./apps/", "edge-apps"),
    ])
  func defaultName(path: String, expected: String) {
    #expect(BundleName.default(gitRepo: "edge", path: path) == expected)
  }

  @Test(
    "a name says which character is wrong",
    arguments: [
      ("store-1", nil), ("Store-1", "may not have the character 'S'"),
      ("store_1", "may not have the character '_'"), ("store 1", "may not have a space"),
      ("-store", "may not start with '-'"), ("store.", "may not end with '.'"),
      ("a..b", "may not have two dots side by side"), ("a.-b", "may not have '-' after a dot"),
      ("a-.b", "may not have '-' before a dot"), ("store.lock", "may not end with '.lock'"),
      (String(repeating: "a", count: 64), "may have 63 characters at most, it has 64"),
      ("", "may not be empty"), ("größe", "may not have the character 'ö'"),
    ] as [(String, String?)])
  func clusterName(name: String, problem: String?) {
    #expect(KubernetesName.problem(cluster: name) == problem)
  }

  @Test(
    "a label key has an optional prefix and a name",
    arguments: [
      ("region", nil), ("fleet.cattle.io/cluster", nil), ("Tier_2.a", nil),
      ("/x", "has nothing before the '/'"), ("example.com/", "has nothing after the '/'"),
      ("Example.com/x", "has a prefix that may not have the character 'E'"),
      ("a/b/c", "may not have the character '/'"), ("_x", "may not start with '_'"),
      ("", "may not be empty"),
    ] as [(String, String?)])
  func labelKey(key: String, problem: String?) {
    #expect(KubernetesName.problem(labelKey: key) == problem)
  }

  @Test("a label value may be empty, but not end with a dot")
  func labelValue() {
    #expect(KubernetesName.problem(labelValue: "") == nil)
    #expect(KubernetesName.problem(labelValue: "v1.2") == nil)
    #expect(KubernetesName.problem(labelValue: "v1.") == "may not end with '.'")
    #expect(KubernetesName.problem(labelValue: "a/b") == "may not have the character '/'")
  }
}
