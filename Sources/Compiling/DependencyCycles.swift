// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// Finds bundles that wait for each other.
struct DependencyCycles {
  private let names: [String]
  private var next: [[DependencyCheck.Edge]]

  init(_ names: [String], _ edges: [DependencyCheck.Edge]) {
    self.names = names
    next = Array(repeating: [], count: names.count)
    for edge in edges { next[edge.from].append(edge) }
    for index in next.indices {
      next[index].sort { names[$0.to].precedesInBytes(names[$1.to]) }
    }
  }

  /// A finding for each circle: the shortest through the bundle with the first name. A bundle that is
  /// told of is not told of again.
  var findings: [Finding] {
    var left = onCircles()
    var result: [Finding] = []
    let order = left.sorted { names[$0].precedesInBytes(names[$1]) }
    for start in order where left.contains(start) {
      guard let circle = circle(from: start, within: left), let first = circle.first else {
        continue
      }
      left.subtract(circle.map(\.from))
      let path = (circle.map(\.from) + [start]).map { Wording.bare(names[$0]) }
      result.append(
        Finding(
          .error, "dependency-cycle",
          "bundles wait for each other: \(path.joined(separator: " → "))", at: first.span,
          notes: circle.dropFirst().map {
            Finding.Note(
              "\(Wording.quoted(names[$0.from])) depends on \(Wording.quoted(names[$0.to])) here",
              at: $0.span)
          }, hints: ["take one of these dependencies out"]))
    }
    return result
  }

  /// The bundles that are left when those without a way in or out are taken away, again and again.
  private func onCircles() -> Set<Int> {
    var left = Set(names.indices)
    while true {
      var reached = Set<Int>()
      for index in left { for edge in next[index] { reached.insert(edge.to) } }
      let kept = left.filter { index in
        reached.contains(index) && next[index].contains { left.contains($0.to) }
      }
      if kept.count == left.count { return left }
      left = kept
    }
  }

  /// The shortest way from a bundle back to itself.
  private func circle(from start: Int, within left: Set<Int>) -> [DependencyCheck.Edge]? {
    var came: [Int: DependencyCheck.Edge] = [:]
    var queue = [start]
    var head = 0
    while head < queue.count {
      let index = queue[head]
      head += 1
      for edge in next[index] where left.contains(edge.to) {
        if edge.to == start {
          var path = [edge]
          while let edge = path.last, edge.from != start, let before = came[edge.from] {
            path.append(before)
          }
          return path.reversed()
        }
        if came[edge.to] == nil {
          came[edge.to] = edge
          queue.append(edge.to)
        }
      }
    }
    return nil
  }
}
