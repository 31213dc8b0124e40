// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import Testing
import YAMLTree

@Suite("Scalars are read as kubectl reads them")
struct ResolverTests {
  // Every line was compared with `kubectl label --local -o json` 1.32.
  @Test(
    "plain scalars",
    arguments: [
      ("y", "true"), ("Y", "true"), ("yes", "true"), ("Yes", "true"), ("YES", "true"),
      ("yEs", "'yEs'"), ("YeS", "'YeS'"), ("yES", "'yES'"), ("oN", "'oN'"), ("nO", "'nO'"),
      ("FALSe", "'FALSe'"), ("t", "'t'"), ("o", "'o'"), ("yo", "'yo'"), ("ye", "'ye'"),
      ("on", "true"), ("On", "true"), ("true", "true"), ("TRUE", "true"),
      ("n", "false"), ("N", "false"), ("no", "false"), ("off", "false"), ("Off", "false"),
      ("False", "false"), ("fALSE", "'fALSE'"), ("~", "null"), ("null", "null"), ("Null", "null"),
      ("NULL", "null"), ("nULL", "'nULL'"), ("", "null"), ("0", "0"), ("-0", "0"), ("+1", "1"),
      ("12", "12"), ("-12", "-12"), ("0x1F", "31"), ("0X1f", "31"), ("+0x1", "1"), ("0o7", "7"),
      ("0O17", "15"), ("017", "15"), ("08", "8.0f"), ("0b101", "5"), ("0B11", "3"), ("-0b11", "-3"),
      ("0b-101", "-5"), ("0b+1", "1"), ("0b2", "'0b2'"), ("0x", "'0x'"), ("0xg", "'0xg'"),
      ("1_000", "1000"),
      ("1__0", "10"), ("_1", "'_1'"), ("1_", "1"), ("0_7", "7"), ("1e3", "1000.0f"),
      ("1E3", "1000.0f"),
      ("1.5", "1.5f"), ("1.", "1.0f"), (".5", "0.5f"), ("+.5", "0.5f"), ("-.5", "-0.5f"),
      (".5e3", "500.0f"), (".1_0", "0.1f"), (".5_", "'.5_'"), ("._5", "'._5'"), (".", "'.'"),
      ("..", "'..'"), ("1_2.5", "12.5f"), ("1e", "'1e'"), ("1e400", "'1e400'"), ("1e-400", "0.0f"),
      (".1e400", "'.1e400'"), ("1.2.3", "'1.2.3'"), ("9223372036854775807", "9223372036854775807"),
      ("9223372036854775808", "9223372036854775808u"),
      ("18446744073709551615", "18446744073709551615u"),
      ("18446744073709551616", "1.8446744073709552e+19f"),
      ("-9223372036854775808", "-9223372036854775808"),
      ("-9223372036854775809", "-9.223372036854776e+18f"),
      ("+18446744073709551615", "1.8446744073709552e+19f"),
      ("0xFFFFFFFFFFFFFFFFF", "'0xFFFFFFFFFFFFFFFFF'"),
      ("2001-01-01", "'2001-01-01'"), ("2001-01-01T00:00:00Z", "'2001-01-01T00:00:00Z'"),
      ("12:30:45", "'12:30:45'"), ("500m", "'500m'"), ("1Gi", "'1Gi'"), ("=", "'='"),
      ("<<", "'<<'"),
      ("+", "'+'"), ("-0b-1", "'-0b-1'"), ("true ", "true"), ("0.1.0", "'0.1.0'"), ("1d", "'1d'"),
      ("infinity", "'infinity'"), (".Nan", "'.Nan'"), ("nan", "'nan'"),
      ("0777777777777777777777777", "7.777777777777778e+23f"),
    ])
  func plain(_ text: String, _ expected: String) throws {
    let root = try #require(parsed("v: \(text)\n").first)
    #expect(root["v"].map(notation) == expected)
  }

  @Test(
    "quoted and block scalars are strings",
    arguments: [
      ("\"yes\"", "'yes'"), ("'1'", "'1'"), ("\"\"", "''"), ("! 12", "'12'"), ("! \"12\"", "'12'"),
      ("&a ! 12", "'12'"), ("|\n  1\n", "'1\n'"), (">-\n  a\n  b\n", "'a b'"),
      ("\"\\u00e4\\n\"", "'ä\n'"),
      ("'it''s'", "'it's'"), ("a\n  b", "'a b'"),
    ])
  func quoted(_ text: String, _ expected: String) throws {
    let root = try #require(parsed("v: \(text)\n").first)
    #expect(root["v"].map(notation) == expected)
  }

  @Test(
    "standard tags decide",
    arguments: [
      ("!!str 12", "'12'"), ("!!str", "''"), ("!!int \"12\"", "12"), ("!!float 3", "3.0f"),
      ("!!float .5", "0.5f"), ("!!bool yes", "true"), ("!!bool \"off\"", "false"),
      ("!!null", "null"),
      ("!!null ''", "null"), ("!!binary aGk=", "'hi'"), ("!!binary \"w6Q=\"", "'ä'"),
      ("!!binary", "''"),
      ("!!timestamp 2001-1-1", "'2001-1-1'"),
      ("!!timestamp 2001-12-14t21:59:43.10-05:00", "'2001-12-14t21:59:43.10-05:00'"),
      ("!!timestamp 2001-12-14 21:59:43.1", "'2001-12-14 21:59:43.1'"),
      ("!!map {a: 1}", "{'a'=1}"), ("!!seq [a]", "['a']"), ("!<tag:yaml.org,2002:str> 1", "'1'"),
    ])
  func tags(_ text: String, _ expected: String) throws {
    let root = try #require(parsed("v: \(text)\n").first)
    #expect(root["v"].map(notation) == expected)
  }

  @Test(
    "tags that contradict the value, or that nobody knows",
    arguments: [
      ("!!int 2001-01-01", "'2001-01-01' is not of the type '!!int' that it is marked with"),
      ("!!int", "'' is not of the type '!!int' that it is marked with"),
      ("!!int 1.5", "'1.5' is not of the type '!!int' that it is marked with"),
      ("!!float x", "'x' is not of the type '!!float' that it is marked with"),
      (
        "!!float 18446744073709551615",
        "'18446744073709551615' is not of the type '!!float' that it is marked with"
      ),
      ("!!bool 1", "'1' is not of the type '!!bool' that it is marked with"),
      ("!!null x", "'x' is not of the type '!!null' that it is marked with"),
      ("!!timestamp 5", "'5' is not of the type '!!timestamp' that it is marked with"),
      (
        "!!timestamp 2001-02-29",
        "'2001-02-29' is not of the type '!!timestamp' that it is marked with"
      ),
      (
        "!!timestamp 2001-01-01 25:00:00",
        "'2001-01-01 25:00:00' is not of the type '!!timestamp' that it is marked with"
      ),
      ("!!binary a", "'!!binary' takes base64 of a UTF-8 text"),
      ("!!binary /w==", "'!!binary' takes base64 of a UTF-8 text"),
      ("!!binary a=b=", "'!!binary' takes base64 of a UTF-8 text"),
      ("!!map x", "'!!map' marks a map, but this is a text"),
      ("!!seq x", "'!!seq' marks a list, but this is a text"),
      ("!!seq {a: 1}", "'!!seq' stands before a map"),
      ("!!str [a]", "'!!str' stands before a list"),
      ("!foo x", "the tag '!foo' has no meaning in Kubernetes manifests"),
      ("!vault {a: 1}", "the tag '!vault' has no meaning in Kubernetes manifests"),
      ("!!omap [a: 1]", "the tag '!!omap' has no meaning in Kubernetes manifests"),
      ("!!merge x", "the tag '!!merge' has no meaning in Kubernetes manifests"),
      (".inf", "'.inf' is a number that JSON, and so Kubernetes, cannot hold"),
      ("-.INF", "'-.INF' is a number that JSON, and so Kubernetes, cannot hold"),
      (".NaN", "'.NaN' is a number that JSON, and so Kubernetes, cannot hold"),
      ("!!float .inf", "'.inf' is a number that JSON, and so Kubernetes, cannot hold"),
    ])
  func refused(_ text: String, _ message: String) {
    let marked = MarkedText("v: 1️⃣\(text)\n")
    var findings = Findings()
    #expect(YAMLParser.parse(marked.bytes, path: marked.path, findings: &findings).isEmpty)
    expect(findings.all, in: marked, are: [.error("1️⃣", message)])
  }

  // Compared with `kubectl label --local -o json` 1.32 too.
  @Test(
    "keys are the text that JSON gets, with a warning where it is another one",
    arguments: [
      ("yes", "true"), ("off", "false"), ("0777", "511"), ("1.10", "1.1"), ("1e6", "1e+06"),
      ("1e10", "1e+10"), ("0.00001", "1e-05"), ("123456789.5", "1.2345679e+08"), ("08", "8"),
      (".5", "0.5"), ("1e25", "1e+25"), ("12.50", "12.5"), ("1_0", "10"), ("-0.0", "-0"),
      ("100000.5", "100000.5"), ("0.0001", "0.0001"), ("8080", "8080"), ("true", "true"),
      ("1.5", "1.5"),
      ("2001-01-01", "2001-01-01"),
    ])
  func keys(_ written: String, _ read: String) {
    let text = MarkedText("1️⃣\(written): 1\n")
    var findings = Findings()
    let documents = YAMLParser.parse(text.bytes, path: text.path, findings: &findings)
    #expect(documents.first?.root.pairs?.first?.key.string == read)
    expect(
      findings.all, in: text,
      are: written == read
        ? []
        : [
          .warning(
            "1️⃣", "Kubernetes reads the key '\(written)' as '\(read)'",
            hints: ["put it in quotes: \"\(written)\""])
        ])
  }
}
