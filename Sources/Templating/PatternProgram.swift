// SPDX-License-Identifier: Apache-2.0

/// A regular expression as a list of instructions, run in linear time: all ways at once, the preferred
/// one first, so that the leftmost match by RE2's preference wins.
struct PatternProgram {
  private enum Step {
    case set(ScalarSet)
    case place(Pattern.Place)
    case save(Int)
    /// Both ways, the first preferred.
    case fork(Int, Int)
    case jump(Int)
    case match
  }

  private var steps: [Step] = []
  private let slots: Int
  let names: [String: Int]

  init(_ text: GoString) throws(Failure) {
    var parser = PatternParser(text)
    let pattern = try parser.run()
    slots = 2 * (parser.groups + 1)
    names = parser.names
    try add(.group(pattern, 0))
    steps.append(.match)
  }

  private mutating func add(_ pattern: Pattern) throws(Failure) {
    if steps.count > 20_000 { throw Failure("the regular expression is too large") }
    switch pattern {
    case .empty: break
    case .set(let set): steps.append(.set(set))
    case .place(let place): steps.append(.place(place))
    case .group(let inner, let index):
      steps.append(.save(2 * index))
      try add(inner)
      steps.append(.save(2 * index + 1))
    case .sequence(let parts): for part in parts { try add(part) }
    case .choice(let parts):
      var jumps: [Int] = []
      for (index, part) in parts.enumerated() {
        let fork = steps.count
        let isLast = index == parts.count - 1
        if !isLast { steps.append(.match) }
        try add(part)
        if !isLast {
          jumps.append(steps.count)
          steps.append(.match)
          steps[fork] = .fork(fork + 1, steps.count)
        }
      }
      for jump in jumps { steps[jump] = .jump(steps.count) }
    case .loop(let inner, let least, let most, let isLazy):
      for _ in 0..<least { try add(inner) }
      guard let most else {
        let fork = steps.count
        steps.append(.match)
        try add(inner)
        steps.append(.jump(fork))
        steps[fork] = Self.fork(fork + 1, steps.count, isLazy)
        return
      }
      var forks: [Int] = []
      for _ in least..<max(most, least) {
        forks.append(steps.count)
        steps.append(.match)
        try add(inner)
      }
      for fork in forks { steps[fork] = Self.fork(fork + 1, steps.count, isLazy) }
    }
  }

  private static func fork(_ into: Int, _ past: Int, _ isLazy: Bool) -> Step {
    isLazy ? .fork(past, into) : .fork(into, past)
  }

  private struct Threads {
    var list: [(at: Int, saved: [Int])] = []
    var seen: [Int]

    init(_ count: Int) { seen = Array(repeating: -1, count: count) }
  }

  /// The first match at or after the byte `start`: begin and end of it and of its groups, -1 for none.
  func match(_ text: GoString, from start: Int, _ budget: Budget) throws(Failure) -> [Int]? {
    var now = Threads(steps.count)
    var next = Threads(steps.count)
    var found: [Int]?
    var at = start
    try budget.spend(1 + steps.count / 8)
    while true {
      let (scalar, length) = at < text.count ? GoFormat.decode(text, at) : (nil, 1)
      if found == nil {
        follow(0, Array(repeating: -1, count: slots), at, text, &now)
      }
      if now.list.isEmpty, found != nil { break }
      try budget.spend(1 + now.list.count)
      for thread in now.list {
        if case .match = steps[thread.at] {
          found = thread.saved
          break
        }
        guard at < text.count, case .set(let set) = steps[thread.at],
          set.contains(scalar ?? "\u{fffd}")
        else { continue }
        follow(thread.at + 1, thread.saved, at + length, text, &next)
      }
      if at >= text.count { break }
      at += length
      swap(&now, &next)
      next.list.removeAll(keepingCapacity: true)
    }
    return found
  }

  /// Adds the instructions that can be reached without a character, the preferred ones first.
  private func follow(
    _ start: Int, _ saved: [Int], _ at: Int, _ text: GoString, _ threads: inout Threads
  ) {
    var stack = [(start, saved)]
    while var (step, saved) = stack.popLast() {
      while threads.seen[step] != at {
        threads.seen[step] = at
        switch steps[step] {
        case .jump(let target): step = target
        case .fork(let first, let second):
          stack.append((second, saved))
          step = first
        case .save(let slot):
          saved[slot] = at
          step += 1
        case .place(let place):
          // A place that does not hold ends this way.
          if holds(place, at, text) { step += 1 }
        case .set, .match: threads.list.append((step, saved))
        }
      }
    }
  }

  private func holds(_ place: Pattern.Place, _ at: Int, _ text: GoString) -> Bool {
    func isWord(_ index: Int) -> Bool {
      guard text.indices.contains(index) else { return false }
      let byte = text[index]
      return byte == 0x5f || (0x30...0x39).contains(byte)
        || (byte < 0x80 && (0x41...0x5a).contains(byte & 0xdf))
    }
    switch place {
    case .textStart: return at == 0
    case .textEnd: return at == text.count
    case .lineStart: return at == 0 || text[at - 1] == 0x0a
    case .lineEnd: return at == text.count || text[at] == 0x0a
    case .wordEdge: return isWord(at - 1) != isWord(at)
    case .noWordEdge: return isWord(at - 1) == isWord(at)
    }
  }
}
