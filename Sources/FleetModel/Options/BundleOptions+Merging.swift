// SPDX-License-Identifier: Apache-2.0

import YAMLTree

extension BundleOptions {
  /// These options with a customization laid over them.
  ///
  /// Rules of Rancher Fleet (`internal/cmd/controller/options/calculate.go`): texts and numbers that say
  /// something replace; flags can only be switched on; `correctDrift` is replaced as a whole; lists with
  /// keys take the customization's entry in the place of the old one; overlays are appended; values are
  /// merged deeply. `ignore`, `deleteNamespace`, `deleteCRDResources`, `createNamespace`,
  /// `helm.maxHistory`, `helm.skipSchemaValidation` and `helm.disableDependencyUpdate` of a
  /// customization do nothing.
  package func merged(with custom: BundleOptions) -> BundleOptions {
    var result = self
    result.defaultNamespace = custom.defaultNamespace ?? defaultNamespace
    result.namespace = custom.namespace ?? namespace
    result.serviceAccount = custom.serviceAccount ?? serviceAccount
    if let customHelm = custom.helm {
      result.helm = (helm ?? HelmOptions()).merged(with: customHelm)
    }
    result.kustomizeDirectory = custom.kustomizeDirectory ?? kustomizeDirectory
    result.overlays += custom.overlays
    if custom.forceSyncGeneration > 0 { result.forceSyncGeneration = custom.forceSyncGeneration }
    result.keepsResources = keepsResources || custom.keepsResources
    result.correctDrift = custom.correctDrift ?? correctDrift
    result.comparePatches = KeyedMerge.merge(comparePatches, custom.comparePatches) { $0.key }
    result.downstreamResources = KeyedMerge.merge(
      downstreamResources, custom.downstreamResources
    ) { "\($0.kind.lowercased())|\($0.name)" }
    return result
  }
}

extension HelmOptions {
  /// These options with those of a customization laid over them.
  package func merged(with custom: HelmOptions) -> HelmOptions {
    var result = self
    result.chart = custom.chart ?? chart
    result.repo = custom.repo ?? repo
    result.version = custom.version ?? version
    result.releaseName = custom.releaseName ?? releaseName
    if custom.timeoutSeconds != 0 { result.timeoutSeconds = max(0, custom.timeoutSeconds) }
    if let base = values, let overlay = custom.values {
      result.values = base.overlaid(with: overlay)
    } else {
      result.values = custom.values ?? values
    }
    result.templateValues = templateValues.merged(with: custom.templateValues)
    result.valuesFrom = KeyedMerge.merge(valuesFrom, custom.valuesFrom) { $0.mergeKey ?? "" }
    result.isForced = isForced || custom.isForced
    result.isAtomic = isAtomic || custom.isAtomic
    result.takesOwnership = takesOwnership || custom.takesOwnership
    result.disablesTemplates = disablesTemplates || custom.disablesTemplates
    result.waitsForJobs = waitsForJobs || custom.waitsForJobs
    result.disablesDNS = disablesDNS || custom.disablesDNS
    return result
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
