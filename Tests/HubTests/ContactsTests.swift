// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import Posix
import Rollouts
import Testing

@Suite("when clusters were last heard of")
struct ContactsTests {
  private let start = DigestTests.start

  private func read(_ hub: DigestTests.Hub, _ seconds: Int64) throws -> Contacts {
    try Contacts.read(hub.layout, now: Timestamp(seconds: start + seconds))
  }

  @Test("lines of the log are read once, in any of their forms, and nonsense is passed over")
  func log() throws {
    let hub = try DigestTests.Hub()
    let log = """
      \(start) store-1
      \(start + 5).123 store-2
      2025-11-21T12:00:07Z store-3
      2025-11-21T13:00:08+01:00 store-4
      \(start + 1) store-2
      \(start + 99999) store-5
      x store-6
      \(start) Store-7
      \(start) ../store-8
      99999999999999999999 store-9
      \(start)
      \(start) half
      """
    try Files.append(hub.layout.contactLog, Array(log.utf8))
    var contacts = try read(hub, 10)
    #expect(
      contacts.times == [
        "store-1": start, "store-2": start + 5, "store-3": start + 7, "store-4": start + 8,
        "store-5": start + 10,
      ])
    try contacts.write(to: hub.layout)
    try Files.append(hub.layout.contactLog, Array("way\n\(start + 20) store-1\n".utf8))
    contacts = try read(hub, 30)
    #expect(contacts["halfway"] == start)
    #expect(contacts["store-1"] == start + 20)
    #expect(contacts["store-5"] == start + 10)
    try contacts.write(to: hub.layout)

    // The log is emptied, or another file takes its place.
    try Files.writeAtomically(hub.layout.contactLog, Array("\(start + 40) store-2\n".utf8))
    #expect(try read(hub, 50)["store-2"] == start + 40)
    try Files.remove(hub.layout.contactList)
    #expect(try read(hub, 50).times == ["store-2": start + 40])
  }

  @Test("a touched file is a contact, and so is a new status, and none is later than now")
  func folder() throws {
    let hub = try DigestTests.Hub()
    try Files.makeDirectories(hub.layout.contactFolder)
    for name in ["store-1", "Store-2"] {
      try Files.writeNew("\(hub.layout.contactFolder)/\(name)", [])
    }
    // The file is of now, which is long after the test's time.
    #expect(try read(hub, 7).times == ["store-1": start + 7])
    try hub.report("store-3")
    #expect(try hub.observe(9))
    let known = try hub.look(20)
    #expect(
      known.observations().clusters.mapValues(\.contact) == [
        "store-1": start + 20, "store-3": start + 9,
      ])
    #expect(known.contacts["store-3"] == start + 9)
    #expect(known.clusters().keys.sorted() == ["store-3"])
  }

  @Test("the digest gets a contact again after an hour, or when a cluster comes back")
  func bounded() throws {
    let hub = try DigestTests.Hub()
    try hub.report("store-1")
    #expect(try hub.observe(0))
    func poll(_ seconds: Int64) throws {
      try Files.append(hub.layout.contactLog, Array("\(start + seconds) store-1\n".utf8))
    }
    try poll(3000)
    #expect(try !hub.observe(3001))
    #expect(try hub.look(3002).observations().clusters["store-1"]?.contact == start + 3000)
    try poll(3599)
    #expect(try !hub.observe(3600))
    // The stored one is too old now, the exact one is not.
    #expect(try hub.observe(3601))
    #expect(try hub.look(9000).clusters()["store-1"]?.contact == start + 3599)
    #expect(try !hub.observe(9000))
    try poll(9001)
    #expect(try hub.observe(9002))
  }

  @Test("a large log is shortened, and nothing that comes meanwhile is lost")
  func shortening() throws {
    let hub = try DigestTests.Hub()
    let line = "\(start) store-1\n"
    let count = (9 << 20) / line.utf8.count
    try Files.append(hub.layout.contactLog, Array(String(repeating: line, count: count).utf8))
    var contacts = try read(hub, 1)
    // Somebody polls after the log was read and before it is shortened.
    try Files.append(hub.layout.contactLog, Array("\(start + 5) store-2\n".utf8))
    let result = try contacts.tidy(hub.layout, known: ["store-1", "store-2"])
    #expect(result.forgotten == 0)
    let size = try #require(try Files.attributes(hub.layout.contactLog)).size
    // Where the file system cannot take blocks out, the log stays until nobody polls.
    #expect(result.bytes == 0 || size < 1 << 20)
    #expect(try read(hub, 9).times == ["store-1": start, "store-2": start + 5])
    var again = try read(hub, 9)
    _ = try again.tidy(hub.layout, known: ["store-2"])
    #expect(try #require(try Files.attributes(hub.layout.contactLog)).size < 1 << 20)
    #expect(try read(hub, 10).times == ["store-2": start + 5])
  }
}
