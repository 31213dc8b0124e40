// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Posix

/// Things that tests of charts need and nobody wants to read.
enum ChartSamples {
  /// A key and a certificate, made anew.
  static let key: (key: String, certificate: String)? = {
    guard let scratch = try? ScratchFolder("key"),
      let result = try? Child.run([
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test", "-days",
        "2", "-keyout", "\(scratch.path)/key.pem", "-out", "\(scratch.path)/cert.pem",
      ]), result.succeeded, let key = TestFiles.read("\(scratch.path)/key.pem"),
      let certificate = TestFiles.read("\(scratch.path)/cert.pem")
    else { return nil }
    return (String(decoding: key, as: UTF8.self), String(decoding: certificate, as: UTF8.self))
  }()

  /// Text for a block scalar.
  static func indented(_ text: String) -> String {
    text.split(separator: "\n").map { "  \($0)\n" }.joined()
  }

  /// A template with a line for each call.
  static func template(calls: [(String, String)]) -> [UInt8]? {
    var template = ""
    for (name, arguments) in calls where name != "fail" {
      template += "\(name): {{ \(name) \(arguments) | toString | b64enc }}\n"
    }
    return Array(template.utf8)
  }
}
