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

  private let limit: Int
  private let output: Child.Output
  private let errorOutput: Child.Output
  private var readers: [Reader] = []
  private var writer: Int32 = -1
  private var pending: ArraySlice<UInt8> = []
  private var collected: [Int32: [UInt8]] = [:]

  init(limit: Int, output: Child.Output, errorOutput: Child.Output) {
    self.limit = limit
    self.output = output
    self.errorOutput = errorOutput
  }

  deinit {
    for reader in readers { close(reader.number) }
    if writer >= 0 { close(writer) }
  }

  mutating func feed(_ bytes: [UInt8], to number: Int32) {
    writer = number
    pending = bytes[...]
    _ = fcntl(number, F_SETFL, O_NONBLOCK)
  }

  mutating func read(_ number: Int32, as stream: Int32) {
    var onLine: ((ArraySlice<UInt8>) -> Void)?
    if case .lines(let function) = stream == 1 ? output : errorOutput { onLine = function }
    readers.append(Reader(number: number, stream: stream, onLine: onLine))
  }

  /// Talks until the child has ended, which is reaped in every case.
  consuming func hold(
    with process: pid_t, group: Bool, timeoutSeconds: Int?, name: String
  ) throws(PosixError) -> ChildResult {
    var ending = Ending(process: process, group: group, timeoutSeconds: timeoutSeconds)
    var failure: PosixError?
    while !readers.isEmpty || writer >= 0 {
      if ending.isKilled { break }
      do throws(PosixError) {
        guard try exchange(milliseconds: ending.untilNextStep(), name) else {
          ending.kill(because: .wroteTooMuch(limit: limit))
          break
        }
      } catch {
        ending.kill(because: nil)
        failure = error
      }
    }
    while let reader = readers.popLast() { finish(reader) }
    if writer >= 0 { closeWriter() }
    let status = try ending.wait(name)
    if let failure { throw failure }
    return ChildResult(
      status: status, output: collected[1] ?? [], errorOutput: collected[2] ?? [])
  }

  /// One round of poll; false when the child has written too much.
  private mutating func exchange(
    milliseconds: Int32, _ name: String
  ) throws(PosixError) -> Bool {
    var polled = readers.map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }
    if writer >= 0 { polled.append(pollfd(fd: writer, events: Int16(POLLOUT), revents: 0)) }
    let ready = poll(&polled, nfds_t(polled.count), milliseconds)
    if ready < 0, errno != EINTR { throw .last("talk to", name) }
    guard ready > 0 else { return true }
    if writer >= 0, let last = polled.last, last.revents != 0 { try feedSome(name) }
    // Backwards, because a reader that is at its end is taken out.
    for index in readers.indices.reversed() where polled[index].revents != 0 {
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
    close(writer)
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
    close(reader.number)
    if let onLine = reader.onLine {
      if !reader.bytes.isEmpty { onLine(reader.bytes[...]) }
    } else {
      collected[reader.stream] = reader.bytes
    }
  }
}
