// SPDX-License-Identifier: Apache-2.0

import YAMLTree

extension BundleOptions {
  /// These options with a customization laid over them.
  ///
  /// Texts and numbers that say something replace, `-` takes a text back; flags are replaced by `true` and
  /// `false` alike, if one is written; `correctDrift` is replaced as a whole; lists with keys take the
  /// customization's entry in the place of the old one; overlays and ignored conditions are appended;
  /// values, labels and annotations of the namespace are merged by key.
  ///
  /// Rancher Fleet (`internal/cmd/controller/options/calculate.go`) has the same order; but there flags
  /// stay on, `-` is taken for a name, and `ignore`, `deleteNamespace`, `deleteCRDResources`,
  /// `createNamespace`, `helm.maxHistory`, `helm.skipSchemaValidation` and
  /// `helm.disableDependencyUpdate` of a customization are dropped.
  package func merged(with custom: BundleOptions) -> BundleOptions {
    var result = self
    let keeps: (Resets) -> Bool = { !custom.resets.contains($0) }
    result.defaultNamespace =
      custom.defaultNamespace ?? (keeps(.defaultNamespace) ? defaultNamespace : nil)
    result.namespace = custom.namespace ?? (keeps(.namespace) ? namespace : nil)
    result.serviceAccount = custom.serviceAccount ?? (keeps(.serviceAccount) ? serviceAccount : nil)
    // Customizations are also merged with one another, before they meet the bundle.
    result.resets = resets.union(custom.resets)
    if let customHelm = custom.helm {
      result.helm = (helm ?? HelmOptions()).merged(with: customHelm)
    }
    result.kustomizeDirectory = custom.kustomizeDirectory ?? kustomizeDirectory
    result.overlays += custom.overlays
    result.createsNamespace = custom.createsNamespace ?? createsNamespace
    if custom.forceSyncGeneration > 0 { result.forceSyncGeneration = custom.forceSyncGeneration }
    result.$keepsResources = $keepsResources.merged(with: custom.$keepsResources)
    result.$deletesNamespace = $deletesNamespace.merged(with: custom.$deletesNamespace)
    result.$deletesDefinitions = $deletesDefinitions.merged(with: custom.$deletesDefinitions)
    for condition in custom.ignoredConditions
    where !ignoredConditions.contains(where: { $0.saysTheSame(as: condition) }) {
      result.ignoredConditions.append(condition)
    }
    result.correctDrift = custom.correctDrift ?? correctDrift
    result.comparePatches = KeyedMerge.merge(comparePatches, custom.comparePatches) { $0.key }
    result.namespaceLabels = namespaceLabels.merged(with: custom.namespaceLabels)
    result.namespaceAnnotations = namespaceAnnotations.merged(with: custom.namespaceAnnotations)
    result.downstreamResources = KeyedMerge.merge(
      downstreamResources, custom.downstreamResources
    ) { "\($0.kind.lowercased())|\($0.name)" }
    return result
  }
}

extension HelmOptions {
  /// These options with those of a customization laid over them; `valuesFiles` are not looked at, they
  /// have to be part of the values of both by now.
  package func merged(with custom: HelmOptions) -> HelmOptions {
    var result = self
    result.chart = custom.chart ?? chart
    result.repo = custom.repo ?? repo
    result.version = custom.version ?? version
    result.releaseName = custom.releaseName ?? (custom.resetsReleaseName ? nil : releaseName)
    result.resetsReleaseName = resetsReleaseName || custom.resetsReleaseName
    if custom.timeoutSeconds != 0 { result.timeoutSeconds = max(0, custom.timeoutSeconds) }
    if custom.maxHistory != 0 { result.maxHistory = custom.maxHistory }
    if let base = values, let overlay = custom.values {
      result.values = base.overlaid(with: overlay)
    } else {
      result.values = custom.values ?? values
    }
    result.templateValues = templateValues.merged(with: custom.templateValues)
    result.valuesFrom = KeyedMerge.merge(valuesFrom, custom.valuesFrom) { $0.mergeKey ?? "" }
    result.valuesFromSpan = custom.valuesFromSpan ?? valuesFromSpan
    result.$isForced = $isForced.merged(with: custom.$isForced)
    result.$isAtomic = $isAtomic.merged(with: custom.$isAtomic)
    result.$takesOwnership = $takesOwnership.merged(with: custom.$takesOwnership)
    result.$disablesTemplates = $disablesTemplates.merged(with: custom.$disablesTemplates)
    result.$waitsForJobs = $waitsForJobs.merged(with: custom.$waitsForJobs)
    result.$disablesDNS = $disablesDNS.merged(with: custom.$disablesDNS)
    result.$skipsSchemaValidation =
      $skipsSchemaValidation.merged(with: custom.$skipsSchemaValidation)
    result.$disablesDependencyUpdate =
      $disablesDependencyUpdate.merged(with: custom.$disablesDependencyUpdate)
    result.$pins = $pins.merged(with: custom.$pins)
    result.pinSpan = custom.pinSpan ?? pinSpan
    return result
  }
}

extension Labels {
  /// Whether both have the same keys and values, wherever they are written.
  fileprivate func saysTheSame(as other: Labels) -> Bool {
    entries.elementsEqual(other.entries) { $0.key == $1.key && $0.value == $1.value }
  }
}

/// Merges lists whose elements have keys.
package enum KeyedMerge {
  /// The base with the customization's elements: one with the key of a base element takes its place,
  /// others are appended; of several with one key in `custom` the first counts; an empty key is none.
  ///
  /// Of base elements with one key the last is replaced, as in Fleet.
  package static func merge<Element>(
    _ base: [Element], _ custom: [Element], key: (Element) -> String,
    onCollision: (_ base: Element, _ custom: Element) -> Element = { _, custom in custom }
  ) -> [Element] {
    var positions: [String: Int] = [:]
    for (position, element) in base.enumerated() where !key(element).isEmpty {
      positions[key(element)] = position
    }
    var result = base
    var seen = Set<String>()
    for element in custom {
      let name = key(element)
      if !name.isEmpty {
        if !seen.insert(name).inserted { continue }
        if let position = positions[name] {
          result[position] = onCollision(result[position], element)
          continue
        }
      }
      result.append(element)
    }
    return result
  }
}
