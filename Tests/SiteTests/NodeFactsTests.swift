// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Reconciling
import SliceFormat
import Testing

@Suite("the facts of nodes")
struct NodeFactsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    var version: String? = "v1.31.4"
    /// `ARCH OS CPU MEMORY LABEL=VALUE…` of each node.
    var nodes: [String]? = []
    let facts: [String]
    var testDescription: String { id }
  }

  static let cases = [
    Case(
      id: "k3s",
      version: "v1.31.4+k3s1", nodes: ["arm64 linux 4 8146412Ki"],
      facts: [
        "architecture=arm64", "cpu=4", "distribution=k3s", "kubernetesMinor=1.31",
        "kubernetesVersion=1.31.4+k3s1", "memory=7", "nodes=1", "os=linux",
      ]),
    Case(
      id: "rke2", version: "v1.30.8+rke2r1", nodes: nil,
      facts: [
        "distribution=rke2", "kubernetesMinor=1.30", "kubernetesVersion=1.30.8+rke2r1",
      ]),
    Case(
      id: "eks", version: "v1.31.4-eks-2d5f260", nodes: nil,
      facts: [
        "distribution=eks", "kubernetesMinor=1.31", "kubernetesVersion=1.31.4-eks-2d5f260",
      ]),
    Case(
      id: "gke", version: "v1.30.5-gke.1443001", nodes: nil,
      facts: [
        "distribution=gke", "kubernetesMinor=1.30", "kubernetesVersion=1.30.5-gke.1443001",
      ]),
    Case(
      id: "aks", nodes: ["amd64 linux 2 4Gi kubernetes.azure.com/cluster=c"],
      facts: [
        "architecture=amd64", "cpu=2", "distribution=aks", "kubernetesMinor=1.31",
        "kubernetesVersion=1.31.4", "memory=4", "nodes=1", "os=linux",
      ]),
    Case(
      id: "openshift", nodes: ["- - - - node.openshift.io/os_id=rhcos"],
      facts: [
        "distribution=openshift", "kubernetesMinor=1.31", "kubernetesVersion=1.31.4", "nodes=1",
      ]),
    Case(
      id: "microk8s", nodes: ["- - - - microk8s.io/cluster=true"],
      facts: [
        "distribution=microk8s", "kubernetesMinor=1.31", "kubernetesVersion=1.31.4", "nodes=1",
      ]),
    Case(
      id: "sums",
      nodes: ["amd64 linux 3920m 3.5Gi", "amd64 linux 4 4194304000", "amd64 linux - 512Mi"],
      facts: [
        "architecture=amd64", "cpu=7", "distribution=vanilla", "kubernetesMinor=1.31",
        "kubernetesVersion=1.31.4", "memory=7", "nodes=3", "os=linux",
      ]),
    Case(
      id: "mixed", nodes: ["amd64 linux 1 1Gi", "arm64 windows 1 1Gi"],
      facts: [
        "architecture=mixed", "cpu=2", "distribution=vanilla", "kubernetesMinor=1.31",
        "kubernetesVersion=1.31.4", "memory=2", "nodes=2", "os=mixed",
      ]),
    Case(
      id: "labels-that-all-share",
      nodes: [
        "- - - - node.kubernetes.io/instance-type=m5 nvidia.com/gpu.product=A2 "
          + "topology.kubernetes.io/region=eu topology.kubernetes.io/zone=a kubernetes.io/hostname=x",
        "- - - - node.kubernetes.io/instance-type=m5 nvidia.com/gpu.product=A2 "
          + "topology.kubernetes.io/region=eu topology.kubernetes.io/zone=b team=tills",
      ],
      facts: [
        "distribution=vanilla", "kubernetesMinor=1.31", "kubernetesVersion=1.31.4",
        "node.kubernetes.io/instance-type=m5", "nodes=2", "nvidia.com/gpu.product=A2",
        "topology.kubernetes.io/region=eu",
      ]),
    Case(
      id: "odd-minor", version: "v1.31+", nodes: nil,
      facts: ["kubernetesMinor=1.31", "kubernetesVersion=1.31+"]),
    Case(id: "no-version", version: "devel", nodes: nil, facts: ["kubernetesVersion=devel"]),
    Case(id: "nothing", version: nil, nodes: nil, facts: []),
    Case(
      id: "absurd-amounts", version: nil, nodes: ["amd64 linux 1e90 many"],
      facts: ["architecture=amd64", "cpu=0", "nodes=1", "os=linux"]),
  ]

  @Test("what the server and the nodes say", arguments: cases)
  func facts(_ entry: Case) {
    let nodes = entry.nodes?.map { line -> NodeFacts.Node in
      let words = line.split(separator: " ").map(String.init)
      func text(_ index: Int) -> JSONValue { words[index] == "-" ? .null : .string(words[index]) }
      return NodeFacts.Node(
        info: .object(["architecture": text(0), "operatingSystem": text(1)]),
        capacity: .object(["cpu": text(2), "memory": text(3)]),
        labels: Dictionary(
          words.dropFirst(4).map { word in
            let parts = word.split(separator: "=").map(String.init)
            return (parts[0], parts[1])
          }, uniquingKeysWith: { $1 }))
    }
    let facts = NodeFacts.facts(
      version: entry.version.map { .object(["gitVersion": .string($0)]) }, nodes: nodes)
    #expect(facts.map { "\($0.name)=\($0.value)" } == entry.facts)
  }
}
