// SPDX-License-Identifier: Apache-2.0

import Glibc
import Posix
import Testing

@Suite("files")
final class FilesTests {
  let folder: String

  init() throws {
    folder = try Files.makeTemporaryDirectory(prefix: "posix-tests")
  }

  deinit {
    try? Files.removeTree(folder)
  }

  private func message(_ body: () throws(PosixError) -> Void) -> String {
    do throws(PosixError) {
      try body()
      return "no error"
    } catch { return error.description }
  }

  @Test("a file is replaced as a whole, with its mode, and leaves no temporary file")
  func atomicWrite() throws {
    let path = "\(folder)/file"
    try Files.writeAtomically(path, Array("old".utf8))
    try Files.writeAtomically(path, Array("new".utf8), mode: 0o600)
    #expect(try Files.read(path, limit: 3) == Array("new".utf8))
    #expect(try Files.attributes(path)?.mode == 0o600)
    #expect(try Files.entries(in: folder).map(\.text) == ["file"])
  }

  @Test("errors name the operation, the path and the system's reason")
  func messages() throws {
    let folder = folder
    try Files.writeAtomically("\(folder)/four", Array("four".utf8))
    #expect(
      message { () throws(PosixError) in _ = try Files.read("\(folder)/none", limit: 9) }
        == "cannot open '\(folder)/none': no such file or directory")
    #expect(
      message { () throws(PosixError) in _ = try Files.read("\(folder)/four", limit: 3) }
        == "cannot read '\(folder)/four': file too large")
    #expect(
      message { () throws(PosixError) in _ = try Files.read(folder, limit: 9) }
        == "cannot read '\(folder)': is a directory")
    #expect(
      message { () throws(PosixError) in try Files.writeAtomically("\(folder)/a/b", []) }
        == "cannot write '\(folder)/a/b': no such file or directory")
    #expect(
      message { () throws(PosixError) in _ = try Files.read("a\0b", limit: 9) }
        == "cannot open 'a\0b': invalid argument")
    #expect(try Files.readIfPresent("\(folder)/none", limit: 9) == nil)
  }

  @Test("a file without a known size is read to its end")
  func unknownSize() throws {
    #expect(try !Files.read("/proc/self/status", limit: 100_000).isEmpty)
  }

  @Test("attributes tell what is there, and nil for nothing")
  func attributes() throws {
    #expect(symlink("nowhere", "\(folder)/link") == 0)
    let link = try #require(try Files.attributes("\(folder)/link", followingLinks: false))
    #expect(link.kind == .symbolicLink)
    #expect(link.owner == geteuid())
    #expect(try Files.attributes("\(folder)/link") == nil)
    #expect(try Files.readLink("\(folder)/link") == "nowhere")
    #expect(try Files.attributes(folder)?.kind == .directory)
    #expect(Files.isDirectory(folder))
    #expect(Files.isExecutable("/bin/sh"))
    #expect(!Files.isExecutable(folder))
    #expect(!Files.exists("\(folder)/none"))
  }

  @Test("names are sorted by bytes and need not be UTF-8")
  func listing() throws {
    for name in [[0x62], [0xff, 0x41], [0x42], [0xc3, 0xa4]] as [[UInt8]] {
      let path = Array(folder.utf8) + [0x2f] + name + [0]
      #expect(mkdir(path.map { CChar(bitPattern: $0) }, 0o755) == 0)
    }
    #expect(
      try Files.entries(in: folder).map(\.name) == [[0x42], [0x62], [0xc3, 0xa4], [0xff, 0x41]])
    try Files.removeTree(folder)
    #expect(!Files.exists(folder))
  }

  @Test("removing a tree removes links and leaves what they point to")
  func removeTree() throws {
    try Files.makeDirectories("\(folder)/keep")
    try Files.writeAtomically("\(folder)/keep/file", [1])
    try Files.makeDirectories("\(folder)/gone/deep/er")
    try Files.writeAtomically("\(folder)/gone/deep/file", [1])
    #expect(symlink("\(folder)/keep", "\(folder)/gone/deep/link") == 0)
    try Files.removeTree("\(folder)/gone")
    try Files.removeTree("\(folder)/gone")
    #expect(try Files.entries(in: folder).map(\.text) == ["keep"])
    #expect(try Files.entries(in: "\(folder)/keep").map(\.text) == ["file"])
  }

  @Test("a folder is made with those above it, once or twice, and not over a file")
  func makeDirectories() throws {
    let folder = folder
    try Files.makeDirectories("\(folder)/a/b/c")
    try Files.makeDirectories("\(folder)/a/b/c")
    #expect(Files.isDirectory("\(folder)/a/b/c"))
    try Files.writeAtomically("\(folder)/file", [])
    #expect(
      message { () throws(PosixError) in try Files.makeDirectories("\(folder)/file") }
        == "cannot make the folder '\(folder)/file': file exists")
  }

  @Test("a path is split at its last slash")
  func split() {
    #expect(Files.split("/a/b") == ("/a", "b"))
    #expect(Files.split("/b") == ("/", "b"))
    #expect(Files.split("b") == (".", "b"))
  }

  @Test("a lock is exclusive, waits until its deadline, and is free after its holder")
  func lock() throws {
    let path = "\(folder)/lock"
    func isFree(waiting: (Int) -> Void = { _ in }) throws -> Bool {
      guard let lock = try FileLock.acquire(path, waitingSeconds: 0, onWait: waiting) else {
        return false
      }
      lock.release()
      return true
    }
    guard let first = try FileLock.tryAcquire(path) else {
      Issue.record("a lock that nobody holds was not given")
      return
    }
    var waits: [Int] = []
    #expect(try !isFree(waiting: { waits.append($0) }))
    #expect(waits == [0])
    first.release()
    #expect(try isFree())
  }

  @Test("a waiter gets the lock when another process lets go")
  func lockWait() throws {
    let path = "\(folder)/lock"
    // The child tells by a file that it holds the lock, and holds it until the file is gone.
    let script = """
      flock '\(path)' sh -c 'touch "\(folder)/held"; while [ -e "\(folder)/held" ]; do sleep 0.01; done' \
      >/dev/null 2>&1 &
      """
    #expect(try Child.run(["sh", "-c", script]).succeeded)
    while !Files.exists("\(folder)/held") { usleep(1000) }
    var waits = 0
    guard
      let lock = try FileLock.acquire(
        path, waitingSeconds: 60,
        onWait: { _ in
          waits += 1
          _ = try? Files.remove("\(folder)/held")
        })
    else {
      Issue.record("the lock was not given within a minute")
      return
    }
    lock.release()
    #expect(waits > 0)
  }
}
