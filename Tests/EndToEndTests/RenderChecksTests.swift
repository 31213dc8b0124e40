// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc
import HubService
import Posix
import Testing

@Suite("check programs at push", .enabled(if: Renderers.areInstalled))
struct RenderChecksTests {
  private static let policy = """
    apiVersion: fleet/v1
    kind: Hub
    metadata:
      name: hub
    spec:
      checks:
        - name: colours

    """

  /// A hub with a check program that is a shell script, and a fleet that wants it.
  private static func hub(_ script: String) throws -> HubFixture {
    let fixture = try RenderedHub.copy()
    try fixture.clone.write("policy/hub.yaml", policy)
    try fixture.clone.commit("look at colours")
    let program = try fixture.scratch.write(
      "#!/bin/sh\n" + script, to: "hub/checks/fleet-check-colours")
    chmod(program, 0o755)
    return fixture
  }

  /// Complains about the chart's config map where it is `us`, at the colour's place.
  private static let complaint = """
    if grep -q '"colour": *"us"'; then
      cat <<'END'
    {"format": 1, "summary": "1 colour seen", "findings": [
      {"severity": "error", "code": "no-colour", "message": "'us' is no colour", "bundle": "till",
       "object": {"apiVersion": "v1", "kind": "ConfigMap", "namespace": "tills", "name": "till"},
       "pointer": "/data/colour", "hints": ["colours are red, green and blue"]},
      {"severity": "warning", "message": "grey is better", "bundle": "pos",
       "object": {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "retail", "name": "pos"},
       "pointer": "/spec/replicas"}]}
    END
    else
      echo '{"format": 1, "findings": []}'
    fi

    """

  @Test(
    "refuse it with what they find, or when they fail",
    arguments: [
      ("finds", complaint),
      ("crashes", "cat >/dev/null\necho 'no colours today' >&2\nkill -SEGV $$\n"),
      ("exit-code", "cat >/dev/null\necho 'no colours today' >&2\nexit 3\n"),
      ("no-json", "cat >/dev/null\necho fine\n"),
    ])
  func refused(_ id: String, _ script: String) throws {
    let fixture = try Self.hub(script)
    let before = try fixture.fingerprint()
    let push = try fixture.clone.push()
    #expect(push.isRefused)
    Golden.check(push.said, "render/check-\(id).txt")
    #expect(try fixture.changesBesidesCache(since: before) == [])
  }

  @Test("that are wanted and not installed refuse it")
  func missing() throws {
    let fixture = try RenderedHub.copy()
    try fixture.clone.write("policy/hub.yaml", Self.policy)
    try fixture.clone.commit("look at colours")
    let push = try fixture.clone.push()
    #expect(push.isRefused)
    Golden.check(push.said, "render/check-missing.txt")
  }

  @Test("that find nothing let it through")
  func accepted() throws {
    let fixture = try Self.hub(Self.complaint)
    try fixture.clone.edit(
      "apps/till/fleet.yaml", "${ .ClusterLabels.region }", "green")
    try fixture.clone.commit("green tills")
    let push = try fixture.clone.push()
    #expect(push.isAccepted, "\(push.text)")
  }
}
