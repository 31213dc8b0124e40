// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc
import HubService
import Posix

/// A hub to which the small fleet with a chart and a kustomization was pushed: made once, copied for each
/// test, with its cache.
enum RenderedHub {
  private static let folder: Result<String, any Error> = Result {
    let fixture = try HubFixture.pushed(RenderedBundles.fleet)
    let path = try Files.makeTemporaryDirectory(prefix: "fleet-rendered")
    _ = try Child.run(["cp", "-a", fixture.hub.root, fixture.clone.path, path])
    // The value lives as long as the process.
    atexit { if let path = try? RenderedHub.folder.get() { try? Files.removeTree(path) } }
    return path
  }

  /// A copy.
  static func copy() throws -> HubFixture { try HubFixture(copying: try folder.get()) }
}
