// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Templating

/// Collects what has to be known about a chart while its files pass by once.
struct ChartScan {
  /// A use of `lookup`, the first of its chart.
  struct Lookup {
    let chart: String
    let shown: String
    let position: SourcePosition
  }

  private(set) var calls: [UnstableCall] = []
  private(set) var callsByPath: [String: Range<Int>] = [:]
  private(set) var shownPaths: [String: String] = [:]
  private(set) var lookups: [Lookup] = []
  private(set) var callsTpl = false
  /// Whether a template speaks of `.Capabilities`.
  private(set) var namesCapabilities = false
  /// Whether a text that is no template, or a string in a template, names an unstable function.
  private(set) var textNamesOne = false

  private var chartFiles: [(folder: String, shown: String, bytes: [UInt8])] = []
  private var requirements: [String: (shown: String, bytes: [UInt8])] = [:]
  private var chartsWithLookup: Set<String> = []

  private static let wanted = UnstableFunction.names.union(["lookup", "tpl"])

  mutating func add(_ file: ChartFile, findings: inout Findings) {
    shownPaths[file.path] = file.shown
    let place = ChartPlace(file.path)
    if place.isHidden { return }
    switch place.rest {
    case "Chart.yaml": chartFiles.append((place.chart, file.shown, file.bytes))
    case "requirements.yaml": requirements[place.chart] = (file.shown, file.bytes)
    case _ where place.isTemplate: addTemplate(file, place)
    default:
      if !textNamesOne {
        let scan = FunctionScanner.scan(file.bytes, for: UnstableFunction.names)
        textNamesOne = !scan.uses.isEmpty || scan.stringsNameOne
      }
    }
  }

  private mutating func addTemplate(_ file: ChartFile, _ place: ChartPlace) {
    let scan = FunctionScanner.scan(file.bytes, for: Self.wanted)
    if scan.stringsNameOne { textNamesOne = true }
    if !namesCapabilities { namesCapabilities = file.bytes.contains(text: "Capabilities") }
    let start = calls.count
    let isTest = !scan.uses.isEmpty && TestTemplate.isRecognised(file.bytes)
    var ordinals: [String: Int] = [:]
    for use in scan.uses {
      switch use.name {
      case "tpl": callsTpl = true
      case "lookup":
        // Nor does it matter what they are told.
        if place.isNotes || isTest { continue }
        if chartsWithLookup.insert(place.chart).inserted {
          lookups.append(
            Lookup(
              chart: place.chart, shown: file.shown,
              position: SourcePosition(line: use.line, column: use.column, offset: use.offset)))
        }
      default:
        // Helm throws away what the notes give, so they may say what they like.
        if place.isNotes { continue }
        let ordinal = ordinals[use.name, default: 0]
        ordinals[use.name] = ordinal + 1
        calls.append(
          UnstableCall(
            number: calls.count, path: file.path, use: use, ordinal: ordinal, isInTest: isTest))
      }
    }
    if calls.count > start { callsByPath[file.path] = start..<calls.count }
  }

  /// The charts, the outermost first.
  func charts(findings: inout Findings) -> [ChartFolder.Chart] {
    var charts: [ChartFolder.Chart] = []
    for file in chartFiles.sorted(by: { $0.folder.precedesInBytes($1.folder) }) {
      guard
        var metadata = ChartMetadata.read(file.bytes, path: file.shown, findings: &findings)
      else { continue }
      if let more = requirements[file.folder] {
        metadata.addRequirements(more.bytes, path: more.shown, findings: &findings)
      }
      charts.append(
        ChartFolder.Chart(folder: file.folder, shown: file.shown, metadata: metadata))
    }
    // A chart without the outermost one is none.
    return charts.first?.folder == "" ? charts : []
  }
}
