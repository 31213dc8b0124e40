// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Templating

/// Everything that one rendering of a chart depends on; equal requests give equal output.
package struct HelmRequest: Sendable, Hashable {
  /// `ChartFolder.digest`.
  package let chart: String
  /// The name of the release.
  package var releaseName: String
  /// The namespace of the release.
  package var namespace: String
  /// The values as YAML or JSON, laid over those of the chart.
  package var values: [UInt8]
  /// The version of the cluster's Kubernetes; nil for the one that helm assumes.
  package var kubeVersion: String?
  /// API versions that the cluster has besides the built-in ones: `monitoring.coreos.com/v1`.
  package var apiVersions: [String] = []
  /// Whether the values need not fit the chart's schema.
  package var skipsSchemaValidation = false
  /// Whether functions of clock and chance give fixed results (`helm.pin`).
  package var pins = false
  /// Whether the chart may not ask the name service; else a call is refused.
  package var disablesDNS = false
  /// Whether it is no first installation (`.Release.IsUpgrade`).
  package var isUpgrade = false
  /// Whether the output has what is in `crds/`.
  package var includesDefinitions = true
  /// 0, or 1 for the second rendering of a chart that may be unstable.
  package var attempt = 0

  /// Makes a request; the other properties can be set afterwards.
  package init(chart: ChartFolder, releaseName: String, namespace: String, values: [UInt8]) {
    self.chart = chart.digest
    self.releaseName = releaseName
    self.namespace = namespace
    self.values = values
  }

  /// The call of helm.
  ///
  /// - Parameter folder: the chart that `chart` names.
  package func job(_ folder: ChartFolder) -> RenderJob {
    RenderJob(
      renderer: .helm, key: key, folder: folder.folder(calls, disablesDNS: disablesDNS),
      arguments: arguments, input: values)
  }

  /// What is done with unstable functions.
  package var calls: UnstableCalls {
    pins ? .pinned(release: releaseName, namespace: namespace) : .refused
  }

  /// The arguments, with `RenderJob.folderArgument` for the chart and the values on standard input.
  package var arguments: [String] {
    var words = [
      "template", releaseName, RenderJob.folderArgument, "--namespace", namespace, "--values", "-",
    ]
    if includesDefinitions { words.append("--include-crds") }
    if isUpgrade { words.append("--is-upgrade") }
    if let kubeVersion { words += ["--kube-version", kubeVersion] }
    for version in apiVersions { words += ["--api-versions", version] }
    if skipsSchemaValidation { words.append("--skip-schema-validation") }
    return words
  }

  /// All fields with their lengths, so that no two requests have the same bytes.
  package var key: [UInt8] {
    var bytes: [UInt8] = []
    func add(_ field: some Collection<UInt8>) {
      bytes += "\(field.count):".utf8
      bytes += field
    }
    add("helm 1".utf8)
    add(chart.utf8)
    add(releaseName.utf8)
    add(namespace.utf8)
    add(values)
    add((kubeVersion ?? "").utf8)
    add("\(apiVersions.count)".utf8)
    for version in apiVersions { add(version.utf8) }
    for flag in [skipsSchemaValidation, pins, disablesDNS, isUpgrade, includesDefinitions] {
      add(flag ? "1".utf8 : "0".utf8)
    }
    add("\(attempt)".utf8)
    return bytes
  }

  /// Whether text that only helm sees may be a template with clock or chance in it: then the request has
  /// to be made twice, with `attempt` 0 and 1, and the outputs compared.
  ///
  /// What reaches `tpl` by other ways than values, files and strings of templates is not seen, and two
  /// renderings on one day agree about the day.
  package func needsSecondRendering(_ folder: ChartFolder) -> Bool {
    if folder.filesMayBeUnstable { return true }
    guard folder.callsTpl else { return false }
    let scan = FunctionScanner.scan(values, for: UnstableFunction.names)
    return !scan.uses.isEmpty || scan.stringsNameOne
  }
}

extension HelmRequest {
  /// Why a name cannot be that of a release; nil when it can.
  ///
  /// Source: helm's `chartutil.ValidateReleaseName`.
  package static func problem(ofReleaseName name: String) -> String? {
    if name.isEmpty { return "the name of the release is empty" }
    guard name.utf8.count <= 53 else {
      return "the release name \(Wording.quoted(name)) has \(name.utf8.count) characters, "
        + "helm takes 53"
    }
    let isFit = name.utf8.split(separator: 0x2e, omittingEmptySubsequences: false).allSatisfy {
      part in
      guard let first = part.first, let last = part.last else { return false }
      return isAlphanumeric(first) && isAlphanumeric(last)
        && part.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }
    return isFit
      ? nil
      : "the release name \(Wording.quoted(name)) may have small letters, digits, '-' and '.' only"
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
