// SPDX-License-Identifier: Apache-2.0

import SliceFormat
import Testing

@Suite("What a site reports") struct StatusReportTests {
  private func report(_ metrics: [StatusMetric], isReverted: Bool = false) -> StatusReport {
    StatusReport(
      cluster: "store-1", counter: 1, slice: "", source: "", release: 0, time: "", state: .ready,
      bundles: [
        StatusReport.Bundle(
          name: "pos", state: .ready, tree: "", message: "", isReverted: isReverted)
      ], errors: [], metrics: metrics)
  }

  private func text(_ report: StatusReport) -> String {
    String(decoding: report.json, as: UTF8.self)
  }

  @Test("metrics and reverted are written only where there are any, and read again")
  func optional() {
    let plain = report([])
    #expect(
      text(plain)
        == #"{"format":1,"cluster":"store-1","counter":1,"slice":"","source":"","release":0,"time":"","#
        + #""state":"Ready","bundles":[{"name":"pos","state":"Ready","tree":"","message":""}],"errors":[]}"#
    )
    #expect(StatusReport(json: plain.json) == plain)
    let full = report(
      [
        StatusMetric(name: "p99", bundle: "pos", value: 12.5, samples: 40),
        StatusMetric(name: "p99", value: nil, samples: 0),
      ], isReverted: true)
    #expect(
      text(full).hasSuffix(
        #""message":"","reverted":true}],"errors":[],"metrics":[{"name":"p99","bundle":"pos","value":12.5,"#
          + #""samples":40},{"name":"p99","value":null,"samples":0}]}"#))
    #expect(StatusReport(json: full.json) == full)
    #expect(!full.says(sameAs: plain))
  }

  @Test(
    "a metric that makes no sense is left out",
    arguments: [
      #"{"name":"a","value":1,"samples":-1}"#, #"{"name":"a","value":1}"#,
      #"{"name":"a","value":1,"samples":1.5}"#, #"{"name":"a","value":1,"samples":1e300}"#,
      #"{"name":"a","value":1e300,"samples":1}"#, #"{"name":"a","value":-1e17,"samples":1}"#,
      #"{"name":"a","value":"1","samples":1}"#, #"{"name":"a","samples":1}"#,
      #"{"name":"a","value":true,"samples":1}"#, #"{"name":"","value":1,"samples":1}"#,
      #"{"value":1,"samples":1}"#, #"{"name":"a","bundle":"","value":1,"samples":1}"#,
      #"{"name":"a","bundle":7,"value":1,"samples":1}"#, #""a""#, "null",
      #"{"name":"b","value":2,"samples":2}"#,
    ])
  func damaged(metric: String) {
    let json =
      #"{"format":1,"cluster":"c","state":"Ready","metrics":[{"name":"b","value":1,"samples":2},\#(metric)]}"#
    #expect(
      StatusReport(json: Array(json.utf8))?.metrics
        == [StatusMetric(name: "b", value: 1, samples: 2)])
  }

  @Test("a site gone mad reports no more than a limit, and a value that is no number is none")
  func limits() {
    let many = report(
      (0..<1000).map { StatusMetric(name: "m-\($0)", value: Double($0), samples: 1) })
    #expect(StatusReport(json: many.json)?.metrics == Array(many.metrics.prefix(200)))
    let nan = report([StatusMetric(name: "a", value: .nan, samples: 1)])
    #expect(
      StatusReport(json: nan.json)?.metrics == [StatusMetric(name: "a", value: nil, samples: 1)])
  }
}
