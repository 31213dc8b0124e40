// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A child between its start and its reaping.
final class RunningChild {
  private var talk: Conversation
  private var ending: Ending
  private let name: String
  private var failure: PosixError?
  private var isReaped = false

  init(talk: consuming Conversation, ending: Ending, name: String) {
    self.talk = talk
    self.ending = ending
    self.name = name
  }

  deinit {
    if !isReaped { ending.abandon() }
  }

  /// Waits until something happens to one of the children and deals with it.
  ///
  /// Tells those that have ended, by their place in the list.
  static func round(
    _ children: [RunningChild]
  ) -> [(place: Int, result: Result<ChildResult, PosixError>)] {
    var polled: [pollfd] = []
    var ends: [Int] = []
    var wait: Int32 = -1
    for child in children {
      child.talk.append(to: &polled)
      ends.append(polled.count)
      let next = child.untilNextStep(alone: children.count == 1)
      if next >= 0 { wait = wait < 0 ? next : min(wait, next) }
    }
    // Nothing to hear and no deadline: then only the end of the one child is left to wait for.
    let isBlocking = polled.isEmpty && wait < 0
    if !isBlocking, poll(&polled, nfds_t(polled.count), wait) < 0 {
      if errno != EINTR {
        let error = PosixError.last("wait for", "a child")
        for child in children { child.kill(because: error) }
      }
      // What is in the list after an error has no meaning.
      for index in polled.indices { polled[index].revents = 0 }
    }

    var ended: [(place: Int, result: Result<ChildResult, PosixError>)] = []
    var start = 0
    for (place, child) in children.enumerated() {
      do throws(PosixError) {
        if let result = try child.advance(polled[start..<ends[place]], blocking: isBlocking) {
          ended.append((place, .success(result)))
        }
      } catch {
        ended.append((place, .failure(error)))
      }
      start = ends[place]
    }
    return ended
  }

  /// Ends the child at once; `advance` reaps it.
  func kill(because error: PosixError? = nil) {
    if failure == nil { failure = error }
    ending.kill(because: nil)
  }

  /// Milliseconds until it wants to be looked at, -1 for never; does what is due.
  private func untilNextStep(alone: Bool) -> Int32 {
    talk.isOpen ? ending.untilNextStep() : ending.untilNextLook(alone: alone)
  }

  /// Reads and writes what can be; the result when the child has ended.
  private func advance(
    _ polled: ArraySlice<pollfd>, blocking: Bool
  ) throws(PosixError) -> ChildResult? {
    if !ending.isKilled {
      do throws(PosixError) {
        if try !talk.exchange(polled, name) {
          ending.kill(because: .wroteTooMuch(limit: talk.limit))
        }
      } catch {
        kill(because: error)
      }
    }
    if ending.isKilled { talk.close() }
    guard !talk.isOpen else { return nil }
    let status: ChildResult.Status?
    do throws(PosixError) {
      status = try ending.reap(name, blocking: blocking)
    } catch {
      isReaped = true
      throw error
    }
    guard let status else { return nil }
    isReaped = true
    if let failure { throw failure }
    return talk.result(status)
  }
}
