// SPDX-License-Identifier: Apache-2.0

import Compiling
import JSONTree
import Posix
package import Rendering

/// The versions of helm and kustomize that the hub's plans are made with: `renderers.json`.
///
/// A new version may render other bytes for every cluster. So it is taken up by `fleet-hub recompile`,
/// with a blast radius of its own, and never by the push of somebody who changes something else.
package struct RendererRecord: Sendable, Hashable {
  /// The version by renderer; one that was never needed has none.
  package var versions: [Renderer: String]

  /// Makes a record.
  package init(versions: [Renderer: String] = [:]) {
    self.versions = versions
  }

  /// Reads the record; a hub that never rendered has an empty one.
  package static func read(_ hub: HubLayout) throws(HubError) -> RendererRecord {
    let bytes = try HubError.wrap { try Files.readIfPresent(hub.renderers, limit: 1 << 16) }
    guard let bytes else { return RendererRecord() }
    guard let json = JSONParser.parse(bytes), json["format"]?.integer == 1 else {
      throw HubError(
        "'\(hub.renderers)' is damaged", hint: "fleet-hub recompile --hub \(hub.root)")
    }
    var versions: [Renderer: String] = [:]
    for renderer in Renderer.allCases {
      versions[renderer] = json["versions"]?[renderer.rawValue]?.string
    }
    return RendererRecord(versions: versions)
  }

  /// Writes the record, all of it or nothing.
  package func write(to hub: HubLayout) throws(HubError) {
    let members = Renderer.allCases.compactMap { renderer in
      versions[renderer].map { JSONMember(renderer.rawValue, .string($0)) }
    }
    let json = JSONValue.object(["format": .integer(1), "versions": .object(members)])
    try HubError.wrap { try Files.writeAtomically(hub.renderers, JSONWriter.pretty(json)) }
  }

  /// Takes note of renderers that were used for the first time.
  package static func note(_ used: [Renderer: String], in hub: HubLayout) throws(HubError) {
    var record = try read(hub)
    let merged = record.versions.merging(used) { known, _ in known }
    if merged == record.versions { return }
    record.versions = merged
    try record.write(to: hub)
  }
}

/// Makes the engine that renders for a hub.
enum HubRendering {
  /// An engine with the hub's cache that runs only the versions that the hub's plans are made with.
  static func engine(
    _ hub: HubLayout, progress: @escaping (String) -> Void
  ) throws(HubError) -> RenderEngine {
    RenderEngine(
      cacheFolder: hub.renderCache, expectedVersions: try RendererRecord.read(hub).versions,
      progress: progress)
  }

  /// Where check programs are, and what they are told.
  static func checks(_ hub: HubLayout) -> CheckSite {
    let schemas =
      Environment.get("FLEET_SCHEMAS") ?? (Files.isDirectory(hub.schemas) ? hub.schemas : nil)
    return CheckSite(
      folders: [hub.checks], settings: schemas.map { ["FLEET_SCHEMAS": $0] } ?? [:])
  }

  /// An engine that takes whatever is installed.
  static func adoptingEngine(
    _ hub: HubLayout, progress: @escaping (String) -> Void
  ) -> RenderEngine {
    RenderEngine(cacheFolder: hub.renderCache, progress: progress)
  }
}
