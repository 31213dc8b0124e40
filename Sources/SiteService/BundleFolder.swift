// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Reconciling
import SliceFormat

/// The folder of a bundle deployment in a slice, on its way to the bundle.
struct BundleFolder {
  let name: String
  let tree: ObjectID
  let descriptor: BundleDescriptor
  /// Everything below the folder.
  let files: [SliceEntry]

  typealias Content = (SliceEntry) throws(SliceRefusal) -> [UInt8]

  /// The bundle; folders of other names are a newer hub's.
  func bundle(content: Content) throws(SliceRefusal) -> DesiredBundle {
    DesiredBundle(
      name: name, tree: tree, descriptor: descriptor, objects: try objects(content),
      hooks: try descriptor.hasHooks ? hooks(content) : [], chart: try chart(content))
  }

  private func objects(_ content: Content) throws(SliceRefusal) -> [DesiredObject] {
    var objects: [DesiredObject] = []
    for file in files where file.path.count == 3 && file.path[1] == "objects" {
      let fileName = String(file.path[2])
      guard
        let object = DesiredObject(
          bundle: name, bundleNamespace: descriptor.namespace, fileName: fileName,
          manifest: try content(file), treatment: Treatment(descriptor))
      else { throw .malformed("bundle '\(name)' has an object file '\(fileName)'") }
      objects.append(object)
    }
    return objects
  }

  private func hooks(_ content: Content) throws(SliceRefusal) -> [DesiredHook] {
    var hooks: [DesiredHook] = []
    for file in files where file.path.count == 4 && file.path[1] == "hooks" {
      let fileName = String(file.path[3])
      guard let phase = HookPhase(rawValue: String(file.path[2])),
        let read = HookFile(fileName: Array(fileName.utf8))
      else { throw .malformed("bundle '\(name)' has a hook file '\(file.path[2])/\(fileName)'") }
      hooks.append(
        DesiredHook(
          phase: phase, order: read.order,
          object: DesiredObject(
            bundle: name, bundleNamespace: descriptor.namespace, identity: read.identity,
            manifest: try content(file), treatment: Treatment(descriptor))))
    }
    return hooks
  }

  private func chart(_ content: Content) throws(SliceRefusal) -> SiteChart? {
    guard let rendering = descriptor.rendering else { return nil }
    var values: [UInt8] = []
    var chart: [SiteChart.File] = []
    for file in files where !file.isFolder {
      if file.path.count == 2, file.path[1] == "values.yaml" { values = try content(file) }
      if file.path.count > 2, file.path[1] == "chart" {
        chart.append(
          SiteChart.File(
            path: file.path[2...].joined(separator: "/"), id: file.id, bytes: try content(file)))
      }
    }
    return SiteChart(rendering: rendering, values: values, files: chart)
  }
}
