// SPDX-License-Identifier: Apache-2.0

import Reconciling
import Testing
import JSONTree

@Suite("whether an object does what it should")
struct ReadinessTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let object: String
    let reason: String?

    init(_ id: String, _ reason: String?, _ object: String) {
      self.id = id
      self.object = object
      self.reason = reason
    }

    var testDescription: String { id }
  }

  static let deployment = #""apiVersion":"apps/v1","kind":"Deployment""#
  static let statefulSet = #""apiVersion":"apps/v1","kind":"StatefulSet""#
  static let daemonSet = #""apiVersion":"apps/v1","kind":"DaemonSet""#

  @Test(
    "every kind by its own rule",
    arguments: [
      Case("what says nothing is ready", nil, #"{"apiVersion":"v1","kind":"ConfigMap"}"#),
      Case(
        "being deleted", "is being deleted",
        #"{"kind":"ConfigMap","metadata":{"deletionTimestamp":"2026-11-21T12:00:00Z"}}"#),
      Case(
        "an old generation", "its controller has not seen the change yet",
        #"{"kind":"X","metadata":{"generation":2},"status":{"observedGeneration":1}}"#),
      Case(
        "reconciling", "wait for it",
        #"{"kind":"X","status":{"conditions":[{"type":"Reconciling","status":"True","message":"wait for it"}]}}"#
      ),
      Case(
        "stalled without words", "is stalled",
        #"{"kind":"X","status":{"conditions":[{"type":"Stalled","status":"True"}]}}"#),
      Case(
        "a resource that is not ready", "no such issuer",
        #"{"apiVersion":"e.com/v1","kind":"Till","status":{"conditions":[{"type":"Ready","status":"False","message":"no such issuer"}]}}"#
      ),
      Case(
        "a resource that is ready", nil,
        #"{"apiVersion":"e.com/v1","kind":"Till","status":{"conditions":[{"type":"Ready","status":"True","message":"fine"}]}}"#
      ),
      Case(
        "a deployment that nobody saw", "its controller has not seen it yet", "{\(deployment)}"),
      Case(
        "a deployment of none", nil, #"{\#(deployment),"spec":{"replicas":0}}"#),
      Case(
        "a deployment half updated", "1 of 3 replicas are updated",
        #"{\#(deployment),"spec":{"replicas":3},"status":{"observedGeneration":1,"replicas":3,"updatedReplicas":1,"availableReplicas":3}}"#
      ),
      Case(
        "a deployment with old replicas", "1 old replicas are still there",
        #"{\#(deployment),"spec":{"replicas":3},"status":{"observedGeneration":1,"replicas":4,"updatedReplicas":3,"availableReplicas":3}}"#
      ),
      Case(
        "a deployment that is not available", "2 of 3 replicas are available",
        #"{\#(deployment),"spec":{"replicas":3},"status":{"observedGeneration":1,"replicas":3,"updatedReplicas":3,"availableReplicas":2}}"#
      ),
      Case(
        "a deployment that gave up", "image not found",
        #"{\#(deployment),"status":{"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded","message":"image not found"}]}}"#
      ),
      Case(
        "a deployment that is ready", nil,
        #"{\#(deployment),"metadata":{"generation":1},"status":{"observedGeneration":1,"replicas":1,"updatedReplicas":1,"availableReplicas":1}}"#
      ),
      Case(
        "a stateful set in the middle", "1 of 2 replicas are ready",
        #"{\#(statefulSet),"spec":{"replicas":2},"status":{"observedGeneration":1,"readyReplicas":1}}"#
      ),
      Case(
        "a stateful set of two revisions", "1 of 2 replicas are updated",
        #"{\#(statefulSet),"spec":{"replicas":2},"status":{"observedGeneration":1,"readyReplicas":2,"updatedReplicas":1,"currentRevision":"a","updateRevision":"b"}}"#
      ),
      Case(
        "a stateful set with a partition", nil,
        #"{\#(statefulSet),"spec":{"replicas":2,"updateStrategy":{"rollingUpdate":{"partition":1}}},"status":{"observedGeneration":1,"readyReplicas":2,"updatedReplicas":1,"currentRevision":"a","updateRevision":"b"}}"#
      ),
      Case(
        "a partition beyond all numbers", nil,
        #"{\#(statefulSet),"spec":{"replicas":2,"updateStrategy":{"rollingUpdate":{"partition":9223372036854775807}}},"status":{"observedGeneration":1,"readyReplicas":2}}"#
      ),
      Case(
        "a daemon set", "3 of 5 pods are ready",
        #"{\#(daemonSet),"status":{"observedGeneration":1,"desiredNumberScheduled":5,"updatedNumberScheduled":5,"numberReady":3}}"#
      ),
      Case(
        "a job that waits", "has not started", #"{"apiVersion":"batch/v1","kind":"Job"}"#),
      Case(
        "a suspended job", nil,
        #"{"apiVersion":"batch/v1","kind":"Job","spec":{"suspend":true}}"#),
      Case(
        "a running job", nil,
        #"{"apiVersion":"batch/v1","kind":"Job","status":{"startTime":"2026-11-21T12:00:00Z"}}"#),
      Case(
        "a failed job", "BackoffLimitExceeded",
        #"{"apiVersion":"batch/v1","kind":"Job","status":{"conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded"}]}}"#
      ),
      Case(
        "a pod without a node", "0/1 nodes are available",
        #"{"apiVersion":"v1","kind":"Pod","status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","message":"0/1 nodes are available"}]}}"#
      ),
      Case(
        "a claim", "is Pending, not bound",
        #"{"apiVersion":"v1","kind":"PersistentVolumeClaim","status":{"phase":"Pending"}}"#),
      Case(
        "a definition", "is not established",
        #"{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition"}"#),
      Case(
        "another group's kind of the same name", nil,
        #"{"apiVersion":"serving.example.com/v1","kind":"Deployment"}"#),
      Case("what is no object", nil, "[]"),
    ])
  func reason(example: Case) throws {
    let object = try #require(JSONParser.parse(Array(example.object.utf8)))
    #expect(Readiness.reason(object) == example.reason)
  }

  @Test(
    "conditions that are to be ignored are as if they were not there (I01 to I06)",
    arguments: [
      ("I01", [], ["Ready", "Initialized"]), ("I02", [], ["Ready", "Initialized"]),
      ("I03", [["Not": "Found"]], ["Ready", "Initialized"]),
      ("I04", [["type": "Ready"]], ["Initialized"]),
      ("I05", [["type": "Ready", "status": "False"]], ["Initialized"]),
      ("I06", [["type": "Ready", "status": "True"]], ["Ready", "Initialized"]),
    ] as [(String, [[String: String]], [String])])
  func ignoredConditions(id: String, ignored: [[String: String]], left: [String]) throws {
    let object = try #require(
      JSONParser.parse(
        Array(
          #"""
          {"apiVersion":"v1","kind":"Pod","status":{"phase":"Running","conditions":[
          {"type":"Ready","status":"False"},{"type":"Initialized","status":"True"}]}}
          """#.utf8)))
    let changed = Readiness.without(ignored, object)
    #expect(
      changed["status"]?["conditions"]?.items?.map { $0["type"]?.string } == left, "\(id)")
    #expect(
      Readiness.reason(object, ignoring: ignored)
        == (left.contains("Ready") ? "is not ready" : nil))
  }
}
