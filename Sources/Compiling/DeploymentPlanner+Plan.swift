// SPDX-License-Identifier: Apache-2.0

import Customising
import Diagnostics
import FleetModel
import GitObjects
import Rendering
import SliceFormat
import YAMLTree

extension DeploymentPlanner {
  /// The namespace of objects that name none, where neither `namespace` nor `defaultNamespace` is set.
  private static var fallbackNamespace: String { "default" }

  /// Works out what does not depend on the cluster; nil when something is wrong, which is reported.
  func plan(
    _ source: BundleSource, _ options: BundleOptions, _ dependencies: [BundleDescriptor.Dependency],
    findings: inout Findings
  ) throws(ObjectAccessError) -> Plan? {
    guard let style = StyleFinder(files: files).style(of: source, options, findings: &findings)
    else { return nil }
    let shape = RenderOptions(
      bundle: source.name, namespace: options.namespace?.value,
      defaultNamespace: options.defaultNamespace?.value ?? Self.fallbackNamespace)
    let helm = options.helm ?? HelmOptions()
    var chart: ChartFolder?
    var values: HelmValues?
    if let wanted = style.chart {
      guard let loaded = try charts.chart(wanted, of: source, helm, findings: &findings) else {
        return nil
      }
      chart = loaded
      var own = Findings()
      values = HelmValues(helm, source: bytes, findings: &own)
      findings.add(contentsOf: own.all)
      let release = releaseName(helm, bundle: source.name)
      if let problem = HelmRequest.problem(ofReleaseName: release) {
        findings.error("release-name", problem, at: helm.releaseName?.span ?? source.nameSpan)
        return nil
      }
      if own.hasErrors { return nil }
    } else if let span = helm.values?.span ?? helm.valuesFromSpan {
      findings.add(
        Finding(
          .warning, "unused-values",
          "the bundle has no chart, so nobody reads these values", at: span,
          hints: ["name a chart with 'helm.chart', or put templates into 'templates/'"],
          showsSource: false))
    }
    return Plan(
      base: DeploymentInput(
        descriptor: descriptor(source, options, shape, dependencies), shape: shape, style: style,
        overlays: options.overlays, helm: nil,
        isRenderedAtSite: chart != nil && !helm.valuesFrom.isEmpty, mirrors: []),
      chart: chart, values: values, helm: helm)
  }

  /// The name of the release: the bundle's, shortened as Fleet shortens it, unless it is given.
  private func releaseName(_ helm: HelmOptions, bundle: String) -> String {
    helm.releaseName?.value ?? BundleName.helmReleaseName(bundle)
  }

  /// The bytes of a file of the repository, to tell columns in it; nil when they cannot be had.
  private func bytes(_ path: String) -> [UInt8]? {
    files.file(at: path).flatMap { try? reader.blob($0.id, limit: SourceLimits.textFile) }
  }

  /// What the site is told besides the manifests.
  private func descriptor(
    _ source: BundleSource, _ options: BundleOptions, _ shape: RenderOptions,
    _ dependencies: [BundleDescriptor.Dependency]
  ) -> BundleDescriptor {
    var descriptor = BundleDescriptor(
      name: source.name, gitRepo: "\(source.workspace)/\(source.gitRepo.name)",
      namespace: shape.effectiveNamespace, createsNamespace: options.createsNamespace ?? true,
      keepResources: options.keepsResources, deletesDefinitions: options.deletesDefinitions)
    descriptor.deletesNamespace = options.deletesNamespace
    descriptor.namespaceLabels = options.namespaceLabels.byKey
    descriptor.namespaceAnnotations = options.namespaceAnnotations.byKey
    descriptor.serviceAccount = options.serviceAccount?.value ?? ""
    descriptor.ignoredConditions = options.ignoredConditions.map(\.byKey)
    descriptor.comparePatches = options.comparePatches.compactMap { $0.node?.json }
    descriptor.driftCorrection = options.correctDrift.flatMap { drift in
      drift.isEnabled || drift.isForced
        ? BundleDescriptor.DriftCorrection(isEnabled: drift.isEnabled, isForced: drift.isForced)
        : nil
    }
    descriptor.takesOwnership = options.helm?.takesOwnership ?? false
    descriptor.dependencies = dependencies
    descriptor.watch = watches.watch(of: source)
    return descriptor
  }

  /// The input of one cluster's deployment.
  func input(_ plan: Plan, _ key: Key) -> DeploymentInput {
    var input = plan.base
    input.mirrors = key.mirrors
    guard let chart = plan.chart else { return input }
    let release =
      releaseName(plan.helm, bundle: plan.base.descriptor.name)
    var request = HelmRequest(
      chart: chart, releaseName: release, namespace: plan.base.shape.effectiveNamespace,
      values: key.values ?? [])
    request.kubeVersion = key.kubernetes?.version
    request.apiVersions = key.kubernetes?.apiVersions ?? []
    request.skipsSchemaValidation = plan.helm.skipsSchemaValidation
    request.pins = plan.helm.pins
    request.disablesDNS = plan.helm.disablesDNS
    input.helm = request
    if input.isRenderedAtSite {
      input.descriptor.rendering = rendering(plan, request, key)
    }
    return input
  }

  private func rendering(_ plan: Plan, _ request: HelmRequest, _ key: Key) -> SiteRendering {
    var rendering = SiteRendering(release: request.releaseName, namespace: request.namespace)
    rendering.forcesNamespace = plan.base.shape.namespace != nil
    rendering.kubeVersion = request.kubeVersion
    rendering.apiVersions = request.apiVersions
    rendering.skipsSchemaValidation = request.skipsSchemaValidation
    rendering.pins = request.pins
    rendering.disablesDNS = request.disablesDNS
    for entry in plan.helm.valuesFrom {
      // Inside one entry the config map comes first, as in Fleet.
      if let reference = entry.configMap { rendering.sources.append(reference.source(.configMap)) }
      if let reference = entry.secret { rendering.sources.append(reference.source(.secret)) }
    }
    rendering.kustomizeFolder = plan.base.style.kustomization
    rendering.mirrors = key.mirrors
    return rendering
  }
}

extension ValuesFrom.Reference {
  fileprivate func source(_ kind: SiteRendering.Source.Kind) -> SiteRendering.Source {
    SiteRendering.Source(kind: kind, name: name, namespace: namespace, key: key)
  }
}
