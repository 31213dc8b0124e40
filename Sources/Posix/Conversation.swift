// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Feeds a child and reads from it at the same time, so that neither waits for the other for ever.
struct Conversation: ~Copyable {
  private struct Reader {
    let number: Int32
    let stream: Int32
    let onLine: ((ArraySlice<UInt8>) -> Void)?
    var bytes: [UInt8] = []
    /// How many of the bytes are known to hold no newline.
    var searched = 0
  }

  /// Bytes of one stream, or of one line, that are too many.
  let limit: Int
  private var readers: [Reader] = []
  private var writer: Int32 = -1
  private var pending: ArraySlice<UInt8> = []
  private var collected: [Int32: [UInt8]] = [:]

  init(limit: Int) {
    self.limit = limit
  }

  deinit {
    for reader in readers { Glibc.close(reader.number) }
    if writer >= 0 { Glibc.close(writer) }
  }

  /// Whether the child may still read or write.
  var isOpen: Bool { !readers.isEmpty || writer >= 0 }

  mutating func feed(_ bytes: [UInt8], to number: Int32) {
    writer = number
    pending = bytes[...]
    _ = fcntl(number, F_SETFL, O_NONBLOCK)
  }

  mutating func read(_ number: Int32, as stream: Int32, into target: Child.Output) {
    var onLine: ((ArraySlice<UInt8>) -> Void)?
    if case .lines(let function) = target { onLine = function }
    readers.append(Reader(number: number, stream: stream, onLine: onLine))
  }

  /// Adds what is to be polled; `exchange` gets the same entries back.
  func append(to polled: inout [pollfd]) {
    for reader in readers {
      polled.append(pollfd(fd: reader.number, events: Int16(POLLIN), revents: 0))
    }
    if writer >= 0 { polled.append(pollfd(fd: writer, events: Int16(POLLOUT), revents: 0)) }
  }

  /// Reads and writes after a poll; false when the child has written too much.
  mutating func exchange(_ polled: ArraySlice<pollfd>, _ name: String) throws(PosixError) -> Bool {
    if writer >= 0, let last = polled.last, last.revents != 0 { try feedSome(name) }
    // Backwards, because a reader that is at its end is taken out.
    for (index, entry) in zip(readers.indices, polled).reversed() where entry.revents != 0 {
      let chunk = try readSome(readers[index].number, upTo: 65_536, name)
      if chunk.isEmpty {
        finish(readers.remove(at: index))
      } else {
        readers[index].bytes.append(contentsOf: chunk)
        tellLines(index)
        if readers[index].bytes.count > limit { return false }
      }
    }
    return true
  }

  /// Ends the talk from our side; what was read stays.
  mutating func close() {
    while let reader = readers.popLast() { finish(reader) }
    if writer >= 0 { closeWriter() }
  }

  /// What the child wrote, with how it ended.
  func result(_ status: ChildResult.Status) -> ChildResult {
    ChildResult(status: status, output: collected[1] ?? [], errorOutput: collected[2] ?? [])
  }

  private mutating func feedSome(_ name: String) throws(PosixError) {
    let written = pending.withUnsafeBytes { buffer in
      retrying { Glibc.write(writer, buffer.baseAddress, buffer.count) }
    }
    if written >= 0 {
      pending = pending.dropFirst(written)
    } else if errno == EPIPE {
      pending = []
    } else if errno != EAGAIN {
      throw .last("write to", name)
    }
    if pending.isEmpty { closeWriter() }
  }

  private mutating func closeWriter() {
    Glibc.close(writer)
    writer = -1
  }

  private mutating func tellLines(_ index: Int) {
    guard let onLine = readers[index].onLine else { return }
    let bytes = readers[index].bytes
    var start = 0
    var searched = readers[index].searched
    while let newline = bytes[searched...].firstIndex(of: 0x0a) {
      onLine(bytes[start..<newline])
      start = newline + 1
      searched = start
    }
    if start > 0 { readers[index].bytes = Array(bytes[start...]) }
    readers[index].searched = bytes.count - start
  }

  private mutating func finish(_ reader: Reader) {
    Glibc.close(reader.number)
    if let onLine = reader.onLine {
      if !reader.bytes.isEmpty { onLine(reader.bytes[...]) }
    } else {
      collected[reader.stream] = reader.bytes
    }
  }
}
