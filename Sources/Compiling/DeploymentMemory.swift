// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import GitObjects
import Rendering
import SliceFormat

/// Remembers the deployments that were made of charts, so that those of 2,500 clusters need not be read,
/// shaped and written again when somebody changes another bundle.
///
/// A deployment is known by everything that it is a function of: the rendering with the version of helm,
/// what the site is told, namespace and owner, mirrors, the rule for secrets; the scopes of its kinds are
/// compared. It is taken from memory only when all objects of its tree are still there. So whatever is
/// lost or damaged costs time and nothing else.
///
/// Not remembered are deployments with errors, with definitions of kinds, which others depend on, and with
/// files of the repository in them, of which findings may tell a line.
final class DeploymentMemory<Reader: ObjectReader> {
  /// What the engine calls it.
  private static var use: String { "deployments 1" }
  private static var day: Int64 { 86_400 }

  private let engine: RenderEngine
  private let reader: Reader
  private let secretRule: HubSettings.PlaintextSecrets
  private let isActive: Bool
  /// The version of helm that the keys were made with.
  private var version = ""
  /// The key of each input of each bundle; nil for what is not remembered.
  private var keys: [[DeploymentKey?]] = []
  private var before = DeploymentTable()
  private var now = DeploymentTable()
  private var contexts: [Context: [UInt8]] = [:]
  private var last: (context: Context, digest: [UInt8])?
  private var present: Set<ObjectID> = []
  private var isRefreshed = false
  private var isForgotten = false

  /// Makes a memory.
  ///
  /// - Parameters:
  ///   - engine: keeps what is remembered.
  ///   - reader: tells which objects are still there.
  ///   - writer: takes the deployments; when it is not what is read from, nothing is remembered, because
  ///     what is there for one may not be there for the other.
  ///   - isWanted: whether the objects themselves are not asked for.
  init(
    engine: RenderEngine, reader: Reader, writer: any ObjectWriter,
    secretRule: HubSettings.PlaintextSecrets, isWanted: Bool
  ) {
    self.engine = engine
    self.reader = reader
    self.secretRule = secretRule
    let isSame = (reader as? any ObjectWriter).map { $0 === writer } ?? false
    isActive = isWanted && isSame && engine.keepsOutcomes
  }

  /// What shapes a rendering into a deployment.
  private struct Context: Hashable {
    let descriptor: BundleDescriptor
    let shape: RenderOptions
    let mirrors: [SiteRendering.Mirror]
    let chartPlace: String
  }

  /// The deployments that are known, in the shape of what is planned.
  func recall(
    _ bundles: [PlannedBundle]
  ) throws(CompileFailure) -> [[RememberedDeployment?]] {
    keys = bundles.map { [DeploymentKey?](repeating: nil, count: $0.inputs.count) }
    var known = bundles.map { [RememberedDeployment?](repeating: nil, count: $0.inputs.count) }
    guard isActive, !isForgotten,
      bundles.contains(where: { $0.inputs.contains(where: \.isRemembered) })
    else { return known }
    version = try helmVersion()
    before = engine.recall(Self.use).flatMap { DeploymentTable($0) } ?? DeploymentTable()
    let today = engine.seconds
    isRefreshed = (before.touched...(before.touched + Self.day)).contains(today)
    now.touched = isRefreshed ? before.touched : today
    var renderings: [String] = []
    var count = 0
    for (number, bundle) in bundles.enumerated() {
      for (index, input) in bundle.inputs.enumerated() where input.isRemembered {
        guard let request = input.helm, let chart = bundle.charts[request.chart] else { continue }
        let name = RenderCache.name(.helm, version: version, key: request.key)
        let key = key(of: input, chart, rendering: name)
        keys[number][index] = key
        guard let deployment = before[key], isComplete(tree: deployment.tree) else { continue }
        known[number][index] = deployment
        count += 1
        if !isRefreshed { renderings.append(name) }
      }
    }
    if count > 0 { engine.reuse(count, of: .helm, version: version) }
    engine.touch(renderings)
    return known
  }

  /// Whether renderings are made with another version by now: then nothing that was recalled counts.
  func isOutdated() throws(CompileFailure) -> Bool {
    if version.isEmpty { return false }
    return try helmVersion() != version
  }

  /// Recalls and takes note of nothing more.
  func forget() { isForgotten = true }

  private func helmVersion() throws(CompileFailure) -> String {
    do throws(RenderFailure) {
      return try engine.version(of: .helm)
    } catch {
      throw .rendering(error)
    }
  }

  /// Takes note of a deployment that was recalled and used.
  func keep(_ deployment: RememberedDeployment, bundle: Int, input: Int) {
    if let key = keys[bundle][input] { now.add(deployment, for: key) }
  }

  /// Takes note of a deployment that was made.
  func add(
    _ variant: CompiledBundle.Variant, _ objects: [RenderedObject], of text: RenderedText,
    findings: Findings, scopes: ScopeCatalog, bundle: Int, input: Int
  ) {
    guard let key = keys[bundle][input], case .helm(let bytes) = text, !findings.hasErrors,
      !bytes.contains(text: ManifestText.definition),
      let content = DeploymentContent(
        objects, hooks: variant.hooks, findings: findings.all, scopes: scopes)
    else { return }
    now.add(RememberedDeployment(tree: variant.tree, content: content), for: key)
  }

  /// Keeps what was noted, where it is not what was kept before.
  func finish() {
    guard isActive, !version.isEmpty, !isForgotten else { return }
    if isRefreshed, now.hasEntries(of: before) { return }
    engine.remember(Self.use, now.bytes)
  }

  private func key(
    of input: DeploymentInput, _ chart: ChartFolder, rendering: String
  ) -> DeploymentKey {
    let context = Context(
      descriptor: input.descriptor, shape: input.shape, mirrors: input.mirrors,
      chartPlace: chart.place)
    // Neighbours mostly have the same one, which is told faster than it is hashed.
    if let last, last.context == context {
      return DeploymentKey(rendering: rendering, context: last.digest)
    }
    let known = contexts[context] ?? digest(of: context)
    contexts[context] = known
    last = (context, known)
    return DeploymentKey(rendering: rendering, context: known)
  }

  private func digest(of context: Context) -> [UInt8] {
    var output = ByteOutput()
    output.add(context.descriptor.json)
    output.add(context.shape.bundle)
    output.add(context.shape.namespace == nil ? 0 : 1)
    output.add(context.shape.namespace ?? "")
    output.add(context.shape.defaultNamespace)
    output.add(context.mirrors.count)
    for mirror in context.mirrors {
      output.add(mirror.from)
      output.add(mirror.to)
    }
    output.add(context.chartPlace)
    output.add(secretRule.rawValue)
    var digest = SHA256()
    digest.update(output.bytes)
    return digest.finalize()
  }

  /// Whether a tree and everything in it can be read; each object is looked at once.
  private func isComplete(tree id: ObjectID) -> Bool {
    if present.contains(id) { return true }
    guard let entries = try? reader.tree(id) else { return false }
    for entry in entries where !present.contains(entry.id) {
      if entry.mode == .directory {
        guard isComplete(tree: entry.id) else { return false }
      } else {
        guard (try? reader.blobSize(entry.id)) != nil else { return false }
        present.insert(entry.id)
      }
    }
    present.insert(id)
    return true
  }
}

extension DeploymentInput {
  /// Whether the deployment is made of what helm gives and of nothing else.
  fileprivate var isRemembered: Bool {
    helm != nil && !isRenderedAtSite && style.kustomization == nil && !style.hasPlainManifests
  }
}
