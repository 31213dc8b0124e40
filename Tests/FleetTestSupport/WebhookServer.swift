// SPDX-License-Identifier: Apache-2.0

import Glibc
import Posix

/// A mutating admission webhook on loopback, until the value goes away.
package final class WebhookServer {
  /// Whether the programs are there, for `.enabled(if:)`.
  package static let isPossible = Child.find("python3") != nil && Child.find("openssl") != nil

  private let scratch: ScratchFolder
  private let process: BackgroundProcess
  private let port: String
  /// Its certificate, for `caBundle`: base64 of PEM.
  package let certificate: String
  /// `https://127.0.0.1:PORT/`.
  package var url: String { "https://127.0.0.1:\(port)/" }

  /// Starts a webhook that applies a JSON patch to every object.
  package init(patch: String) throws {
    let scratch = try ScratchFolder("webhook")
    try Files.writeAtomically(scratch.path + "/patch.json", Array(patch.utf8), durable: false)
    let made = try Child.run([
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
      "-nodes", "-subj", "/CN=webhook", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2",
      "-keyout", scratch.path + "/key.pem", "-out", scratch.path + "/cert.pem",
    ])
    if made.status != .exit(0) {
      throw BackgroundProcess.Failure(
        description: String(decoding: made.errorOutput, as: UTF8.self))
    }
    let process = try BackgroundProcess(
      ["python3", TestTools.path("webhook-server.py"), scratch.path, String(getpid())],
      in: "/", variables: ["PATH": Environment.get("PATH") ?? ""], output: scratch.path + "/log")
    let file = scratch.path + "/port"
    try Waiting.until("the webhook") {
      if process.hasEnded { throw BackgroundProcess.Failure(description: process.text) }
      return TestFiles.read(file) != nil
    }
    self.scratch = scratch
    self.process = process
    port = String(decoding: TestFiles.read(file) ?? [], as: UTF8.self)
    let encoded = try Child.run(["base64", "-w0", scratch.path + "/cert.pem"])
    certificate = String(decoding: encoded.output, as: UTF8.self)
  }

  /// `KIND NAME` of the objects that it was asked about, in their order.
  package func seen() -> [String] {
    String(decoding: TestFiles.read(scratch.path + "/seen") ?? [], as: UTF8.self)
      .split(separator: "\n").map(String.init)
  }
}
