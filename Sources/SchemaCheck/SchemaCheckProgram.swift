// SPDX-License-Identifier: Apache-2.0

import CheckFormat
import Diagnostics
import JSONTree
import ManifestSchema
import Posix

/// `fleet-check-schema`: compares every object with the schema of its kind.
package enum SchemaCheckProgram {
  /// The largest request, in bytes.
  private static let requestLimit = 256 << 20

  /// Reads a request from standard input and writes the answer to standard output.
  ///
  /// - Returns: 0 when it answered, whatever it found; 64 for a request that it cannot read; 70 when
  ///   the schemas cannot be read.
  package static func main() -> Int32 {
    let bytes: [UInt8]
    do throws(PosixError) {
      bytes = try StandardInput.readAll(limit: requestLimit)
    } catch {
      return fail(64, "\(error)")
    }
    guard let json = JSONParser.parse(bytes, limits: .machine) else {
      return fail(64, "the request on standard input is no JSON")
    }
    let request: CheckRequest
    do throws(CheckRequest.Refusal) {
      request = try CheckRequest(json)
    } catch {
      return fail(64, words(error))
    }
    let folder: SchemaFolder
    do throws(SchemaFolder.Problem) {
      folder = try SchemaFolder(Environment.get("FLEET_SCHEMAS"))
      let answer = try SchemaCheck(request, folder: folder).answer()
      try write(answer.bytes)
    } catch {
      return fail(70, error.message)
    }
    return 0
  }

  private static func write(_ bytes: [UInt8]) throws(SchemaFolder.Problem) {
    do throws(PosixError) {
      try StandardStream.output.write(bytes)
    } catch {
      throw SchemaFolder.Problem(message: "\(error)")
    }
  }

  private static func words(_ refusal: CheckRequest.Refusal) -> String {
    switch refusal {
    case .malformed(let member):
      "the request has no '\(PrintableText.escape(member))' that can be read"
    case .format(let number):
      "the request has format \(number), this program reads format \(CheckRequest.format)"
    }
  }

  private static func fail(_ code: Int32, _ message: String) -> Int32 {
    StandardStream.error.line("fleet-check-schema: \(message)")
    return code
  }
}
