// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("semverCompare reads constraints as Sprig's library does")
struct VersionTests {
  static let rows: [(constraint: String, holds: [String], fails: [String])] = [
    ("1.2.3", ["1.2.3", "v1.2.3", "1.2.3+meta"], ["1.2.4", "1.2.3-rc1"]),
    ("1.2", ["1.2.0", "1.2.9"], ["1.3.0", "2.2.0"]),
    ("1", ["1.0.0", "1.9.0"], ["2.0.0"]),
    ("*", ["0.1.0", "9.9.9"], ["1.0.0-beta"]),
    ("!=1.2.3", ["1.2.4"], ["1.2.3"]),
    ("!=1.x", ["2.0.0"], ["1.5.0"]),
    (">1.2", ["1.3.0", "2.0.0"], ["1.2.9"]),
    (">1", ["2.0.0"], ["1.9.0"]),
    (">= 1.2, < 3", ["1.2.0", "2.9.9"], ["3.0.0", "1.1.9"]),
    ("<=1.2", ["1.2.9", "0.9.0"], ["1.3.0"]),
    ("1.2 - 2.3.4", ["1.2.0", "2.3.4"], ["2.3.5", "1.1.0"]),
    ("~1.2.3", ["1.2.3", "1.2.9"], ["1.3.0", "1.2.2"]),
    ("~1", ["1.9.0"], ["2.0.0"]),
    ("^1.2.3", ["1.2.3", "1.9.0"], ["2.0.0", "1.2.2"]),
    ("^0.2.3", ["0.2.9"], ["0.3.0", "1.0.0"]),
    ("^0.0.3", ["0.0.3"], ["0.0.4"]),
    ("^0", ["0.9.0"], ["1.0.0"]),
    (">=1.27-0", ["1.27.3-rke2r1", "1.28.0"], ["1.26.0"]),
    ("<1 || >=2.1", ["0.9.0", "2.1.0"], ["1.0.0", "2.0.9"]),
    (">1.0.0-alpha", ["1.0.0-beta", "1.0.0-alpha.1", "1.0.0"], ["1.0.0-alpha", "1.0.0-1"]),
  ]

  @Test("constraints", arguments: rows.indices)
  func constraints(_ index: Int) {
    let row = Self.rows[index]
    for (versions, expected) in [(row.holds, "true"), (row.fails, "false")] {
      for version in versions {
        let template = "${ semverCompare \"\(row.constraint)\" \"\(version)\" }"
        #expect(rendered(template) == expected, "\(row.constraint) \(version)")
      }
    }
  }

  @Test("what is no version or no constraint is said")
  func wrong() {
    #expect(
      rendered("${ semverCompare \">=1\" \"one\" }")
        == "values:1:4: 'one' is not a semantic version")
    #expect(
      rendered("${ semverCompare \">>1\" \"1.0.0\" }")
        == "values:1:4: '>>1' is not a constraint of versions")
  }
}
