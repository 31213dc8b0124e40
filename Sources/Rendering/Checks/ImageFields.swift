// SPDX-License-Identifier: Apache-2.0

import YAMLTree

/// Where images are named in manifests.
///
/// A pod's specification is the `spec` of a Pod, and every `spec` below a key such as `template`,
/// `podTemplate` or `jobTemplate`, wherever it stands in the `spec` of an object: so the workloads of
/// Kubernetes are covered, and custom ones that embed a pod template (Rollout, JobSet, Knative Service).
enum ImageFields {
  private typealias Change = (String) -> String?

  /// The manifest with all images replaced for which `change` gives another; nil when there is none.
  static func rewrite(_ manifest: YAMLNode, _ change: (String) -> String?) -> YAMLNode? {
    switch manifest["kind"]?.string {
    case "Pod":
      return manifest.changing("spec") { podSpec($0, change) }
    case "PodTemplate":
      return manifest.changing("template") { template in
        template.changing("spec") { podSpec($0, change) }
      }
    case "CustomResourceDefinition": return nil
    default: return manifest.changing("spec") { descend($0, change) }
    }
  }

  private static func descend(_ node: YAMLNode, _ change: Change) -> YAMLNode? {
    switch node.content {
    case .scalar: return nil
    case .sequence: return node.changingItems { descend($0, change) }
    case .mapping(let pairs):
      var result: YAMLNode?
      for pair in pairs {
        guard let key = pair.key.scalar?.text else { continue }
        let isTemplate = key == "template" || key.hasSuffix("Template")
        let changed =
          pair.value.pairs != nil && isTemplate
          ? template(pair.value, change) : descend(pair.value, change)
        if let changed {
          var copy = result ?? node
          copy.replace(key, with: changed)
          result = copy
        }
      }
      return result
    }
  }

  private static func template(_ node: YAMLNode, _ change: Change) -> YAMLNode? {
    node.changing("spec") { spec in
      spec["containers"]?.items == nil ? descend(spec, change) : podSpec(spec, change)
    }
  }

  private static func podSpec(_ spec: YAMLNode, _ change: Change) -> YAMLNode? {
    var result: YAMLNode?
    for key in ["containers", "initContainers", "ephemeralContainers"] {
      let changed = (result ?? spec).changing(key) { list in
        list.changingItems { $0.changing("image") { image($0, change) } }
      }
      result = changed ?? result
    }
    let changed = (result ?? spec).changing("volumes") { list in
      list.changingItems { volume in
        volume.changing("image") { $0.changing("reference") { image($0, change) } }
      }
    }
    return changed ?? result
  }

  private static func image(_ node: YAMLNode, _ change: Change) -> YAMLNode? {
    guard let text = node.string, let new = change(text) else { return nil }
    var result = YAMLNode.string(new)
    result.span = node.span
    return result
  }
}

extension YAMLNode {
  /// The node with another value of a key; nil when it has no such key or the value stays.
  fileprivate func changing(_ key: String, _ change: (YAMLNode) -> YAMLNode?) -> YAMLNode? {
    guard let value = self[key], let changed = change(value) else { return nil }
    var copy = self
    copy.replace(key, with: changed)
    return copy
  }

  /// The list with other items; nil when it is no list or all items stay.
  fileprivate func changingItems(_ change: (YAMLNode) -> YAMLNode?) -> YAMLNode? {
    guard var items else { return nil }
    var isChanged = false
    for index in items.indices {
      if let changed = change(items[index]) {
        items[index] = changed
        isChanged = true
      }
    }
    return isChanged ? YAMLNode(.sequence(items), span: span) : nil
  }
}
