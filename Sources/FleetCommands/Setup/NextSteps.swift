// SPDX-License-Identifier: Apache-2.0

import Posix

/// What `init` has done, and what the user does next, as commands that can be copied.
struct NextSteps {
  /// What was done, a line each.
  var done: [String] = []
  /// A cluster to begin with.
  var cluster = "dev-1"
  /// Commands that come before the first push.
  var commands: [String] = []
  /// The URL that is set as `origin`.
  var remote: String?
  /// The hub's folder, the file with its cron line, and the folder of the programs.
  var hub: (root: String, cronFile: String, programs: String)?
  private let folder: String
  private let here: String

  /// Makes an empty list.
  init(folder: String, here: String) {
    self.folder = folder
    self.here = here
  }

  /// The text for the user.
  var text: String {
    var lines = done
    if let remote { lines.append("set the remote 'origin' to \(remote)") }
    lines += ["", "next:"]
    if folder != here { lines.append("  cd \(quoted(shortened))") }
    lines += commands.map { "  \($0)" }
    lines.append("  kubectl fleet check")
    if let hub {
      lines.append("  git push -u origin main")
      lines.append("  (crontab -l 2>/dev/null; cat \(quoted(hub.cronFile))) | crontab -")
      lines.append("and at the site of cluster \(cluster), each minute by cron:")
      lines.append(
        "  \(quoted(hub.programs))/fleet-sync --cluster \(cluster) --hub \(quoted(hub.root)) "
          + "--state ~/.fleet-sync --target kubectl")
    } else {
      lines.append("  kubectl fleet init --hub PATH     makes a hub on this machine")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var shortened: String {
    folder.hasPrefix(here + "/") ? String(folder.dropFirst(here.count + 1)) : folder
  }

  /// A word as the shell reads it.
  private func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
        || (0x61...0x7a).contains(byte) || "/._-+@".utf8.contains(byte)
    }
    return isPlain
      ? word
      : "'"
        + word.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "'\\''") + "'"
  }
}
