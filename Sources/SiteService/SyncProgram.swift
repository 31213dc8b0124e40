// SPDX-License-Identifier: Apache-2.0

import Glibc
import Posix

/// The program `fleet-sync`.
package enum SyncProgram {
  /// Runs with the words after the program's name; tells the exit code.
  package static func main(_ words: [String]) -> Int32 {
    let log = SiteLog()
    do throws(UsageError) {
      switch try SyncCommand.parse(words) {
      case .help:
        StandardStream.output.text(SyncCommand.helpText)
        return SyncExit.done.rawValue
      case .version:
        StandardStream.output.text("fleet-sync \(version)\n")
        return SyncExit.done.rawValue
      case .run(let options):
        return try run(options, log).rawValue
      }
    } catch {
      log.error(error.message, hint: error.hint)
      return SyncExit.usage.rawValue
    }
  }

  /// The version of the program.
  static let version = "0.1.0"

  private static func run(
    _ options: SyncOptions, _ log: SiteLog
  ) throws(UsageError) -> SyncExit {
    let folder = SiteFolder(path: options.stateFolder)
    do {
      try Files.makeDirectories(folder.path, mode: 0o700)
      let isAwaited = options.stick != nil || options.network.asksNow
      if options.jitter > 0, !isAwaited {
        _ = sleep(jitter(of: options.cluster, upTo: options.jitter))
      }
      guard let lock = try FileLock.tryAcquire(folder.lock) else {
        log.error("another run holds '\(folder.lock)'")
        return .tryAgain
      }
      let stored = try folder.readState()
      if let stored, stored.cluster != options.cluster {
        throw UsageError(
          "'\(folder.path)' serves cluster '\(stored.cluster)', not '\(options.cluster)'")
      }
      var run = SiteRun(options, folder: folder, now: .now(), clock: .now(), stored: stored)
      let exit = try run.run()
      lock.release()
      return exit
    } catch let error as UsageError {
      throw error
    } catch {
      log.error("fleet-sync failed: \(error)")
      return .internalError
    }
  }

  /// Seconds that a cluster waits before it starts: another number for another name, the same in each
  /// run (FNV-1a of the name).
  static func jitter(of cluster: String, upTo seconds: Int) -> UInt32 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in cluster.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    // The low bits of FNV are weak for short names.
    hash ^= hash >> 32
    return UInt32(truncatingIfNeeded: hash % UInt64(max(1, seconds)))
  }
}

extension StandardStream {
  /// Writes a text; what can't be written is lost, as nobody reads it.
  fileprivate func text(_ text: String) { try? write(text) }
}
