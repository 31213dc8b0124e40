// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Posix
import SliceFormat
import Reconciling

/// Asks a hub for its `hub.json`. A hub without one serves its slices as refs of one repository.
enum HubInquiry {
  private static let sizeLimit = 64 << 10
  /// Seconds that an answer over the web holds.
  static let lifetime: Int64 = 24 * 3600

  /// What asking for a descriptor came to.
  enum Answer: Sendable, Hashable {
    /// The bytes of the descriptor.
    case found([UInt8])
    /// The hub has none.
    case absent
    /// Nobody answered.
    case unreachable
  }

  /// Reads the descriptor of a hub on this machine, or asks for it by curl; over ssh there is no way.
  static func ask(_ hub: HubAddress, timeout: Int) throws(PosixError) -> Answer {
    if hub.localPath != nil {
      if hub.isRepository { return .absent }
      guard let bytes = try Files.readIfPresent(hub.descriptor, limit: sizeLimit) else {
        return .absent
      }
      return .found(bytes)
    }
    guard hub.isWeb, !hub.isRepository, WebRequest.isPossible else { return .absent }
    let result = try WebRequest(hub.plain(hub.descriptor), header: hub.authorization).run(
      ["--max-time", String(min(timeout, 30))], timeout: timeout, outputLimit: sizeLimit)
    switch result.status {
    case .exit(0): return .found(result.output)
    case .exit(22): return .absent
    default: return .unreachable
    }
  }

  /// Why this program cannot work with a hub of this descriptor; nil when it can.
  static func objection(_ bytes: [UInt8]) -> String? {
    do throws(HubDescriptor.Refusal) {
      _ = try HubDescriptor(json: bytes)
      return nil
    } catch {
      switch error {
      case .damaged: return "the hub's 'hub.json' is damaged"
      case .format(let number):
        return
          "the hub's 'hub.json' has format \(number), this fleet-sync knows \(SliceLayout.format)"
      case .layout(let name): return "the hub's layout '\(name)' is not known to this fleet-sync"
      }
    }
  }
}
