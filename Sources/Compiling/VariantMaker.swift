// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import GitObjects
import Rendering
import SliceFormat

/// Writes the tree of one bundle deployment.
struct VariantMaker {
  let writer: any ObjectWriter
  let scopes: ScopeCatalog
  let secretRule: HubSettings.PlaintextSecrets

  /// The longest name of a file; longer ones no file system takes.
  private static let nameLimit = 4000

  /// The deployment of manifests that the hub has rendered.
  func make(
    _ input: DeploymentInput, _ manifests: LoadedManifests, findings: inout Findings
  ) throws(ObjectAccessError) -> (CompiledBundle.Variant, [RenderedObject]) {
    let (objects, entries) = try shaped(manifests.objects, input, findings: &findings)
    var descriptor = input.descriptor
    let hooks = try self.hooks(manifests.hooks, shape(input), findings: &findings)
    descriptor.hasHooks = hooks.folder != nil
    var top = [
      TreeEntry(
        name: SliceLayout.descriptorFile, mode: .file,
        id: try writer.write(.blob, descriptor.json)),
      TreeEntry(
        name: SliceLayout.objectsFolder, mode: .directory, id: try writer.writeTree(entries)),
    ]
    if let folder = hooks.folder {
      top.append(TreeEntry(name: SliceLayout.hooksFolder, mode: .directory, id: folder))
    }
    let variant = CompiledBundle.Variant(
      form: input.style.form, descriptor: descriptor, objects: objects.map(\.identity),
      places: objects.map(\.place),
      hooks: hooks.objects, tree: try writer.writeTree(top))
    return (variant, objects)
  }

  /// A deployment that was made before.
  func remembered(
    _ deployment: RememberedDeployment, _ input: DeploymentInput
  ) -> CompiledBundle.Variant {
    let content = deployment.content
    var descriptor = input.descriptor
    descriptor.hasHooks = !content.hooks.isEmpty
    return CompiledBundle.Variant(
      form: input.style.form, descriptor: descriptor, objects: content.objects,
      places: content.places, hooks: content.hooks, tree: deployment.tree)
  }

  /// The folder of hooks, and what is in it; no folder without hooks.
  private func hooks(
    _ hooks: [HelmHook], _ shape: RenderOptions, findings: inout Findings
  ) throws(ObjectAccessError) -> (folder: ObjectID?, objects: [ObjectIdentity]) {
    if hooks.isEmpty { return (nil, []) }
    var folders: [TreeEntry] = []
    var identities: [ObjectIdentity] = []
    for phase in HookPhase.allCases {
      let own = hooks.filter { $0.phase.rawValue == phase.rawValue }
      let weights = Set(own.map(\.weight)).sorted()
      var entries: [String: ObjectID] = [:]
      for hook in own {
        let order = weights.firstIndex(of: hook.weight) ?? 0
        for object in hook.manifests.render(shape, scopes: scopes, findings: &findings) {
          if let finding = SecretRule.finding(object, secretRule) { findings.add(finding) }
          guard let file = HookFile(order: order, identity: object.identity) else {
            findings.error(
              "too-many-hooks",
              "a chart may have hooks of \(HookFile.orderLimit) weights", at: object.place)
            continue
          }
          guard let name = fileName(object, file.fileName, &findings) else { continue }
          if entries[name] != nil {
            findings.error(
              "duplicate-object", "\(object.identity.display) is a hook of this bundle twice",
              at: object.place)
            continue
          }
          entries[name] = try writer.write(.blob, object.manifest)
          identities.append(object.identity)
        }
      }
      if entries.isEmpty { continue }
      let tree = try writer.writeTree(entries.map { TreeEntry($0.key, .file, $0.value) })
      folders.append(TreeEntry(phase.rawValue, .directory, tree))
    }
    if folders.isEmpty { return (nil, []) }
    return (try writer.writeTree(folders), identities)
  }

  private func fileName(
    _ object: RenderedObject, _ name: String, _ findings: inout Findings
  ) -> String? {
    if name.utf8.count <= Self.nameLimit { return name }
    findings.error("manifest-name", "the names of the object are too long", at: object.place)
    return nil
  }

  /// The deployment of a bundle that the site renders: the chart and the values that the hub knows.
  func siteRendered<Reader: ObjectReader>(
    _ input: DeploymentInput, _ planned: PlannedBundle, _ loader: ManifestLoader<Reader>,
    findings: inout Findings
  ) throws(ObjectAccessError) -> (CompiledBundle.Variant, [RenderedObject]) {
    var descriptor = input.descriptor
    var shipped: [(path: String, bytes: [UInt8])] = []
    if let request = input.helm, let chart = planned.charts[request.chart] {
      // The site prepares them for its own helm, as the hub would.
      let files = try chart.originals()
      var folder = chart.shippedArchive ?? ""
      if input.style.kustomization == nil {
        shipped = files
      } else {
        shipped = files.map { ("chart/\($0.path)", $0.bytes) }
        folder = folder.isEmpty ? "chart" : "chart/\(folder)"
      }
      descriptor.rendering?.chartFolder = folder
    }
    if let directory = input.style.kustomization {
      let folder = "kustomize"
      shipped += try loader.allFiles().map { ("\(folder)/\($0.path)", $0.bytes) }
      descriptor.rendering?.kustomizeFolder = directory.isEmpty ? folder : "\(folder)/\(directory)"
    }
    var top = [
      TreeEntry(
        name: SliceLayout.descriptorFile, mode: .file,
        id: try writer.write(.blob, descriptor.json)),
      TreeEntry(
        name: SliceLayout.chartFolder, mode: .directory,
        id: try FolderTree.write(shipped, to: writer)),
      TreeEntry(
        name: SliceLayout.valuesFile, mode: .file,
        id: try writer.write(.blob, input.helm?.values ?? [])),
    ]
    // Plain manifests beside templates need no values, so they are rendered here.
    let manifests = try loader.manifests(of: input, .none, planned, findings: &findings)
    let (objects, entries) = try shaped(manifests.objects, input, findings: &findings)
    if !entries.isEmpty {
      top.append(
        TreeEntry(
          name: SliceLayout.objectsFolder, mode: .directory, id: try writer.writeTree(entries)))
    }
    let variant = CompiledBundle.Variant(
      form: input.style.form, descriptor: descriptor, objects: objects.map(\.identity),
      places: objects.map(\.place), hooks: [], tree: try writer.writeTree(top))
    return (variant, objects)
  }

  /// Objects as they are applied, and their files.
  private func shaped(
    _ manifests: PlainManifests, _ input: DeploymentInput, findings: inout Findings
  ) throws(ObjectAccessError) -> ([RenderedObject], [TreeEntry]) {
    let objects = manifests.render(shape(input), scopes: scopes, findings: &findings)
    var entries: [TreeEntry] = []
    for object in objects {
      if let finding = SecretRule.finding(object, secretRule) { findings.add(finding) }
      guard let name = fileName(object, object.identity.fileName, &findings) else { continue }
      entries.append(TreeEntry(name, .file, try writer.write(.blob, object.manifest)))
    }
    return (objects, entries)
  }

  private func shape(_ input: DeploymentInput) -> RenderOptions {
    var shape = input.shape
    shape.mirrors = ImageMirrors(input.mirrors.map { ($0.from, $0.to) })
    return shape
  }
}

/// Writes files as the tree of a folder.
enum FolderTree {
  /// The id of the tree that has these files; paths are separated by `/`.
  static func write(
    _ files: [(path: String, bytes: [UInt8])], to writer: any ObjectWriter
  ) throws(ObjectAccessError) -> ObjectID {
    var own: [TreeEntry] = []
    var folders: [String: [(path: String, bytes: [UInt8])]] = [:]
    for file in files {
      guard let slash = file.path.utf8.firstIndex(of: UInt8(ascii: "/")) else {
        own.append(TreeEntry(file.path, .file, try writer.write(.blob, file.bytes)))
        continue
      }
      let rest = file.path[file.path.utf8.index(after: slash)...]
      folders[String(file.path[..<slash]), default: []].append((String(rest), file.bytes))
    }
    // The order of writing shows in a pack, so it is not left to the dictionary.
    for (name, files) in folders.byName {
      own.append(TreeEntry(name, .directory, try write(files, to: writer)))
    }
    return try writer.writeTree(own)
  }
}
