// SPDX-License-Identifier: Apache-2.0

package import GateFormat
import JSONTree
import Posix

/// `fleet-gate-prometheus`: asks the Prometheus of a site.
///
/// Its address is `address` of the site's gate configuration, else the variable `FLEET_PROMETHEUS`.
package enum PrometheusProgram {
  /// The largest request, in bytes.
  private static let requestLimit = 4 << 20

  /// Reads the request on standard input and answers; the exit code.
  package static func main() -> Int32 {
    BrokenPipe.ignore()
    let request: GateRequest
    do {
      request = try GateRequest(try StandardInput.readAll(limit: requestLimit))
    } catch let refusal as GateRequest.Refusal {
      StandardStream.error.line("fleet-gate-prometheus: \(words(refusal))")
      return 64
    } catch {
      StandardStream.error.line("fleet-gate-prometheus: \(error)")
      return 64
    }
    do throws(PosixError) {
      try StandardStream.output.write(answer(request, variables: Environment.all).bytes)
      return 0
    } catch {
      return 75
    }
  }

  /// Measures; what cannot be measured has no number, and the reason.
  ///
  /// - Parameter variables: the environment.
  package static func answer(
    _ request: GateRequest, variables: [String: String]
  ) -> GateAnswer {
    let source: PrometheusSource
    do throws(PrometheusSource.Problem) {
      source = try PrometheusSource(request.config, variables: variables)
    } catch {
      return GateAnswer(
        request.gates.map {
          GateAnswer.Result(
            name: $0.name, bundle: $0.bundle, value: nil, samples: 0, message: error.reason)
        })
    }
    // All questions together have the time of one: a site waits for the last of them.
    let end = MonotonicClock.milliseconds() + Int64(source.timeoutSeconds) * 1000
    return GateAnswer(
      request.gates.map { gate in
        var result = GateAnswer.Result(name: gate.name, bundle: gate.bundle, value: nil, samples: 0)
        switch source.ask(gate.query, until: end) {
        case .number(let value, let series):
          (result.value, result.samples) = (value, series)
        case .empty:
          result.message = "the query finds nothing"
          return result
        case .none(let reason):
          result.message = reason
          return result
        }
        guard let query = gate.samplesQuery else { return result }
        result.samples = 0
        switch source.ask(query, until: end) {
        case .number(let count, _): result.samples = samples(count)
        case .empty: break
        case .none(let reason):
          // A number of unknown weight judges nothing.
          result.value = nil
          result.message = "the samples cannot be counted: \(reason)"
        }
        return result
      })
  }

  /// A count as Prometheus has it, a float; fewer than none is none.
  private static func samples(_ count: Double) -> Int {
    count >= 1 ? Int(min(count, 9_007_199_254_740_992)) : 0
  }

  private static func words(_ refusal: GateRequest.Refusal) -> String {
    switch refusal {
    case .noJSON: "the request on standard input is no JSON"
    case .malformed(let member): "the request has no '\(member)' that can be read"
    case .format(let number):
      "the request has format \(number), this program reads format \(GateRequest.version)"
    }
  }
}
