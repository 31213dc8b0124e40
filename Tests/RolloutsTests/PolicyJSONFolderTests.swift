// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Rollouts
import Testing

@Suite("The policy folder of a plan")
struct PolicyJSONFolderTests {
  private static var full: PlanPolicies {
    var policies = PlanPolicies()
    let digest = policies.add(RolloutPolicy(stages: .stages([StagePolicy(name: "all")])))
    policies.bundles = [
      BundleRule(
        name: "db", workspace: "fleet-default", gitRepo: "shop", path: "apps/db",
        definition: "ab01", group: "db", policy: digest),
      BundleRule(
        name: "pos", workspace: "fleet-default", gitRepo: "shop", path: "apps/pos",
        definition: "cd02", group: "db"),
    ]
    policies.schedules = [
      ScheduleRule(
        kind: .freeze, name: "christmas", zone: "Europe/Berlin", from: "2026-12-20T00:00:00",
        until: "2026-12-27T00:00:00", clusters: ["store-1"]),
      ScheduleRule(
        kind: .schedule, name: "night", cron: "0 0 22 * * *", duration: 14_400, zone: "UTC",
        clusters: ["store-1", "store-2"]),
    ]
    policies.notifications = [
      NotificationRule(
        name: "chat", program: "slack",
        settings: .object(["urlFile": .string("/etc/fleet/slack")]),
        events: [.gateFailed, .rolledBack], bundles: ["pos*"], severity: .warning)
    ]
    policies.orders = [OrderRule(orders: [.approve, .promote], principals: ["alice"])]
    policies.paused = ["store-3"]
    return policies
  }

  private static func read(_ files: [PlanPolicies.File]) -> PlanPolicies? {
    PlanPolicies { path in files.first { $0.path == path }?.bytes }
  }

  @Test("what was written is read as it was")
  func roundTrip() {
    let policies = Self.full
    #expect(Self.read(policies.files) == policies)
    #expect(Self.read([]) == PlanPolicies())
  }

  @Test("the files and their texts")
  func texts() {
    let texts = Self.full.files.map {
      "== \($0.path)\n" + String(decoding: $0.bytes, as: UTF8.self)
    }
    #expect(
      texts.joined()
        == """
        == bundles.json
        {
          "format": 1,
          "bundles": [
            {
              "name": "db",
              "workspace": "fleet-default",
              "gitRepo": "shop",
              "path": "apps/db",
              "definition": "ab01",
              "group": "db",
              "policy": "DIGEST"
            },
            {
              "name": "pos",
              "workspace": "fleet-default",
              "gitRepo": "shop",
              "path": "apps/pos",
              "definition": "cd02",
              "group": "db",
              "policy": ""
            }
          ]
        }
        == notifications.json
        {
          "format": 1,
          "notifications": [
            {
              "name": "chat",
              "program": "slack",
              "settings": {
                "urlFile": "/etc/fleet/slack"
              },
              "events": [
                "gate-failed",
                "rolled-back"
              ],
              "bundles": [
                "pos*"
              ],
              "severity": "warning"
            }
          ]
        }
        == orders.json
        {
          "format": 1,
          "orders": [
            {
              "orders": [
                "approve",
                "promote"
              ],
              "principals": [
                "alice"
              ]
            }
          ]
        }
        == paused.json
        {
          "format": 1,
          "clusters": [
            "store-3"
          ]
        }
        == rollouts/DIGEST.json
        {
          "stages": [
            {
              "name": "all",
              "maxFailures": 0,
              "minSuccessTime": 0,
              "progressDeadline": 7200,
              "whenDisconnected": "treat-as-expected"
            }
          ],
          "failureStrategy": "Rollback",
          "superseding": "replace",
          "disconnectedAfter": 3600,
          "failedAfter": 300
        }
        == schedules.json
        {
          "format": 1,
          "schedules": [
            {
              "name": "christmas",
              "kind": "freeze",
              "zone": "Europe/Berlin",
              "from": "2026-12-20T00:00:00",
              "until": "2026-12-27T00:00:00",
              "clusters": [
                "store-1"
              ]
            },
            {
              "name": "night",
              "kind": "schedule",
              "cron": "0 0 22 * * *",
              "duration": 14400,
              "zone": "UTC",
              "clusters": [
                "store-1",
                "store-2"
              ]
            }
          ]
        }

        """.replacing("DIGEST", with: Self.full.bundles[0].policy))
  }

  @Test("policies that say nothing have no files, whatever bundles there are")
  func nothing() {
    var policies = PlanPolicies()
    #expect(policies.isEmpty)
    policies.bundles = [
      BundleRule(name: "pos", workspace: "w", gitRepo: "g", path: "p", definition: "ab")
    ]
    #expect(policies.isEmpty)
    #expect(policies.files.isEmpty)
    policies.paused = ["a"]
    #expect(policies.files.map(\.path) == ["bundles.json", "paused.json"])
  }

  @Test("a policy that no bundle has is not written")
  func unused() {
    var policies = Self.full
    _ = policies.add(RolloutPolicy(stages: .partitions(PartitionPolicy())))
    #expect(policies.files == Self.full.files)
  }

  @Test(
    "a folder that cannot be understood is none",
    arguments: [
      ("a newer format", "bundles.json", #"{"format":2,"bundles":[]}"#),
      ("no JSON", "paused.json", "{"),
      (
        "an unknown event", "notifications.json",
        #"{"format":1,"notifications":[{"name":"x","program":"y","events":["z"]}]}"#
      ),
      (
        "a policy that is missing", "bundles.json",
        #"{"format":1,"bundles":[{"name":"x","workspace":"w","definition":"d","policy":"00"}]}"#
      ),
      ("a window of no kind", "schedules.json", #"{"format":1,"schedules":[{"name":"x"}]}"#),
    ])
  func malformed(id: String, path: String, text: String) {
    #expect(PlanPolicies { $0 == path ? Array(text.utf8) : nil } == nil)
  }

  @Test("a bundle is found with its policy in its workspace")
  func lookUp() {
    let policies = Self.full
    #expect(
      policies.policy(of: "db", workspace: "fleet-default")
        == RolloutPolicy(stages: .stages([StagePolicy(name: "all")])))
    #expect(policies.policy(of: "pos", workspace: "fleet-default") == nil)
    #expect(policies.rule(of: "db", workspace: "other") == nil)
  }
}
