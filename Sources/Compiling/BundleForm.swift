// SPDX-License-Identifier: Apache-2.0

import FleetModel
package import Rendering

/// What the manifests of a bundle deployment are made from.
package enum BundleForm: String, Sendable, Hashable, CaseIterable {
  /// Plain YAML, with or without overlays.
  case plain
  /// A chart.
  case helm
  /// Plain YAML beside a folder `templates/`.
  case plainAndHelm = "plain+helm"
  /// A kustomization.
  case kustomize
  /// A chart whose output a kustomization changes.
  case helmAndKustomize = "helm+kustomize"
}

extension BundleStyle {
  /// What people call it.
  var form: BundleForm {
    if kustomization != nil { return chart == nil ? .kustomize : .helmAndKustomize }
    switch chart {
    case nil: return .plain
    case .templatesOnly: return .plainAndHelm
    case .directory, .remote: return .helm
    }
  }
}

extension BundleSource {
  /// The programs that some cluster may need for this bundle, seen from its files and options alone.
  package var possibleRenderers: Set<Renderer> {
    var renderers = Set<Renderer>()
    let helm = [options.options.helm] + options.targets.map(\.options.helm)
    let names = files.map(\.path)
    if names.contains(where: { $0 == "Chart.yaml" || $0.hasPrefix("templates/") })
      || helm.contains(where: { $0?.chart != nil || $0?.repo != nil })
    {
      renderers.insert(.helm)
    }
    let kustomizations = Set(Kustomization.names)
    if names.contains(where: { path in
      kustomizations.contains(path.split(separator: "/").last.map(String.init) ?? path)
    }) {
      renderers.insert(.kustomize)
    }
    return renderers
  }
}
