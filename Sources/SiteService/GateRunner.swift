// SPDX-License-Identifier: Apache-2.0

import GateFormat
import JSONTree
import Posix
import Reconciling
import SliceFormat

/// Runs gate programs: `fleet-gate-NAME`, one run for all questions of a provider.
///
/// Whatever goes wrong with a program is a measurement without a number, never a failure of what is watched.
struct GateRunner {
  /// A number that is wanted.
  struct Question {
    let bundle: String
    let gate: BundleWatch.Gate
  }

  let cluster: String
  /// The file of `--gate-config`; nil for none.
  let configFile: String?
  let variables: [String: String]

  /// Seconds until a program is ended; the one that comes with kubectl fleet gives up after 25.
  private static let seconds = 30
  private static let outputLimit = 1 << 20
  private static let configLimit = 1 << 20

  /// Measures; the results in the order of the questions.
  func measure(_ questions: [Question]) -> [Trial.Measurement] {
    let config: JSONValue
    do throws(Problem) {
      config = try readConfig()
    } catch {
      return questions.map { _ in Trial.Measurement(value: nil, samples: 0, message: error.reason) }
    }
    var answers: [String: [[String]: GateAnswer.Result]] = [:]
    var problems: [String: String] = [:]
    for provider in Set(questions.map(\.gate.provider)).sorted() {
      let own = questions.filter { $0.gate.provider == provider }
      do throws(Problem) {
        let answer = try run(provider, own, config[provider] ?? .null)
        answers[provider] = Dictionary(
          answer.results.map { ([$0.bundle, $0.name], $0) }, uniquingKeysWith: { first, _ in first }
        )
      } catch {
        problems[provider] = error.reason
      }
    }
    return questions.map { question in
      let provider = question.gate.provider
      guard let result = answers[provider]?[[question.bundle, question.gate.name]] else {
        return Trial.Measurement(
          value: nil, samples: 0,
          message: problems[provider] ?? "'fleet-gate-\(provider)' did not answer for it")
      }
      return Trial.Measurement(
        value: result.value, samples: result.samples, message: result.message)
    }
  }

  private struct Problem: Error {
    let reason: String
  }

  private func readConfig() throws(Problem) -> JSONValue {
    guard let configFile else { return .null }
    let bytes: [UInt8]
    do throws(PosixError) {
      bytes = try Files.read(configFile, limit: Self.configLimit)
    } catch {
      throw Problem(reason: "\(error), named by '--gate-config'")
    }
    guard let json = JSONParser.parse(bytes), json.members != nil else {
      throw Problem(reason: "'\(configFile)', named by '--gate-config', is no JSON object")
    }
    return json
  }

  private func run(
    _ provider: String, _ questions: [Question], _ config: JSONValue
  ) throws(Problem) -> GateAnswer {
    let name = "fleet-gate-\(provider)"
    guard BundleWatch.isProvider(provider), let program = find(name) else {
      throw Problem(reason: "'\(name)' is not installed")
    }
    let request = GateRequest(
      cluster: cluster,
      gates: questions.map {
        GateRequest.Gate(
          name: $0.gate.name, bundle: $0.bundle, query: $0.gate.query,
          samplesQuery: $0.gate.samplesQuery)
      }, config: config)
    let result: ChildResult
    do throws(PosixError) {
      result = try Child.run(
        [program], environment: environment, directory: "/", input: .bytes(request.bytes),
        ownGroup: true, timeoutSeconds: Self.seconds, outputLimit: Self.outputLimit)
    } catch {
      throw Problem(reason: "'\(name)' could not be run: \(error.reason)")
    }
    guard result.succeeded else {
      let said = String(decoding: result.errorOutput.prefix(1024), as: UTF8.self)
      let line = said.split(separator: "\n").first.map { ": \($0)" } ?? ""
      throw Problem(reason: "'\(name)' \(result.status)\(line)")
    }
    guard let answer = GateAnswer(result.output) else {
      throw Problem(reason: "'\(name)' gave an answer that is none")
    }
    return answer
  }

  /// In the folders of `FLEET_GATES_PATH`, beside this program, then on `PATH`: cron's own `PATH` is short.
  private func find(_ name: String) -> String? {
    let own = (try? Files.readLink("/proc/self/exe")).map { Files.split($0).folder } ?? ""
    let places = [variables["FLEET_GATES_PATH"] ?? "", own, variables["PATH"] ?? ""]
    return Child.find(name, path: places.joined(separator: ":"))
  }

  /// The variables of a machine's network, as curl and OpenSSL know them.
  private static let network = [
    "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
    "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "PATH",
  ]

  private var environment: [String: String] {
    let passed = variables.filter { variable in
      variable.key.hasPrefix("FLEET_GATE_") || variable.key.hasPrefix("FLEET_PROMETHEUS")
        || Self.network.contains(variable.key)
    }
    let own = [
      "HOME": "/proc/nonexistent", "LC_ALL": "C", "TZ": "UTC",
      "FLEET_GATE_FORMAT": "\(GateRequest.version)",
    ]
    return passed.merging(own) { _, own in own }
  }
}
