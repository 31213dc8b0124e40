// SPDX-License-Identifier: Apache-2.0

import Glibc
import Posix

/// A hub folder served over HTTP on loopback by nginx, fcgiwrap and git-http-backend, until the value goes
/// away.
package final class WebHub {
  /// The hub's URL, with the name and password of `user` in it.
  package let url: String
  private let scratch: ScratchFolder

  /// The server could not be started.
  package struct Failure: Error {
    /// What the script said.
    package let message: String
  }

  /// Whether the programs are there, for `.enabled(if:)`; what is missing is said in one line.
  package static let isPossible: Bool = {
    let missing = ["nginx", "fcgiwrap", "openssl", "curl"].filter {
      Child.find($0) == nil
        && Child.find($0, path: "/usr/local/sbin:/usr/sbin:/sbin") == nil
    }
    if let first = missing.first {
      StandardStream.error.line("not run: the tests over HTTP, there is no '\(first)'")
    }
    return missing.isEmpty
  }()

  /// Starts a server.
  ///
  /// With `users` everybody must sign in with name and password, and the name is FLEET_CLUSTER for hooks.
  package init(_ hub: String, users: [(name: String, password: String)] = []) throws {
    scratch = try ScratchFolder("web")
    let result = try Child.run(
      [TestTools.path("web-up.sh"), "--while", String(getpid())]
        + users.flatMap { ["--user", "\($0.name):\($0.password)"] } + [scratch.path, hub],
      timeoutSeconds: 60)
    guard result.succeeded else {
      throw Failure(message: String(decoding: result.errorOutput, as: UTF8.self))
    }
    let base =
      String(decoding: result.output, as: UTF8.self)
      .split(separator: "\n").first.map(String.init) ?? ""
    if let user = users.first {
      url = "http://\(user.name):\(user.password)@" + base.dropFirst("http://".count)
    } else {
      url = base
    }
  }

  /// Stops the server before the value goes away, as a network that is cut.
  package func stop() {
    _ = try? Child.run([TestTools.path("web-down.sh"), scratch.path], timeoutSeconds: 30)
  }

  deinit { stop() }
}
