// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Standard output or standard error, without a buffer: what is written is out, and in order.
package enum StandardStream: Int32, Sendable, Hashable {
  case output = 1
  case error = 2

  /// Writes all bytes; throws `EPIPE` when nobody reads any more (see `BrokenPipe.ignore`).
  package func write(_ bytes: [UInt8]) throws(PosixError) {
    try writeAll(bytes[...], to: rawValue, name)
  }

  /// Writes a text as it is, without a newline.
  package func write(_ text: String) throws(PosixError) {
    try write(Array(text.utf8))
  }

  /// Writes a text and a newline in one piece; what can't be written is lost.
  ///
  /// For messages to a person who may have gone: there is nobody to tell.
  package func line(_ text: String) {
    try? write(Array(text.utf8) + [0x0a])
  }

  /// Whether a person's terminal is at the other end.
  package var isTerminal: Bool { isatty(rawValue) == 1 }

  private var name: String { self == .output ? "standard output" : "standard error" }
}

/// Standard input.
package enum StandardInput {
  /// Reads to the end; throws `EFBIG` when there are more than `limit` bytes.
  package static func readAll(limit: Int) throws(PosixError) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let chunk = try readSome(0, upTo: 65_536, "standard input")
      if chunk.isEmpty { return bytes }
      bytes.append(contentsOf: chunk)
      guard bytes.count <= limit else { throw PosixError("read", "standard input", code: EFBIG) }
    }
  }

  /// Whether a person's terminal is at the other end.
  package static var isTerminal: Bool { isatty(0) == 1 }
}

/// The signal that would end this process when a reader goes away.
package enum BrokenPipe {
  /// Lets writes fail with `EPIPE` instead; children get the default back (see `Child`).
  package static func ignore() {
    signal(SIGPIPE, SIG_IGN)
  }
}
