// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The file actions and attributes of a posix_spawn, freed after it.
struct SpawnPlan: ~Copyable {
  private var actions = posix_spawn_file_actions_t()
  private var attributes = posix_spawnattr_t()
  private var ours: [Int32] = []
  private let directory: String?

  init(ownGroup: Bool, directory: String?, ownSession: Bool = false) throws(PosixError) {
    self.directory = directory
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    var flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    if ownGroup {
      flags |= POSIX_SPAWN_SETPGROUP
      posix_spawnattr_setpgroup(&attributes, 0)
    }
    // POSIX_SPAWN_SETSID of glibc's spawn.h, which stands behind a macro that Swift does not set.
    if ownSession { flags |= 0x80 }
    posix_spawnattr_setflags(&attributes, Int16(flags))
    if let directory {
      try checkPath(directory)
      _ = posix_spawn_file_actions_addchdir_np(&actions, directory)
    }
  }

  deinit {
    var actions = self.actions
    var attributes = self.attributes
    posix_spawn_file_actions_destroy(&actions)
    posix_spawnattr_destroy(&attributes)
    for number in ours { close(number) }
  }

  mutating func openNull(_ number: Int32, _ flags: Int32) {
    posix_spawn_file_actions_addopen(&actions, number, "/dev/null", flags, 0)
  }

  mutating func use(_ number: Int32, as target: Int32) {
    posix_spawn_file_actions_adddup2(&actions, number, target)
  }

  /// The child's end of a pipe: as long as we hold it too, the other end never sees the end.
  mutating func closeAfterSpawn(_ number: Int32) {
    ours.append(number)
  }

  consuming func spawn(
    _ program: String, _ arguments: [String], _ environment: [String: String]?
  ) throws(PosixError) -> pid_t {
    // What was inherited from whoever started us without close-on-exec.
    _ = posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    // Sorted, so that equal environments are equal bytes for the child.
    let variables = environment.map { variables in
      variables.map { "\($0.key)=\($0.value)" }.sorted {
        $0.utf8.lexicographicallyPrecedes($1.utf8)
      }
    }
    var process = pid_t()
    let result = withCStrings(arguments) { argv in
      guard let variables else {
        return posix_spawn(&process, program, &actions, &attributes, argv, Environment.pointer)
      }
      return withCStrings(variables) { envp in
        posix_spawn(&process, program, &actions, &attributes, argv, envp)
      }
    }
    guard result == 0 else {
      if let directory, !Files.isDirectory(directory) {
        throw PosixError("enter the folder", directory, code: result)
      }
      throw PosixError("run", arguments.first ?? program, code: result)
    }
    return process
  }

  private func withCStrings<R>(
    _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> R
  ) -> R {
    var bytes: [CChar] = []
    var offsets: [Int] = []
    for text in texts {
      offsets.append(bytes.count)
      bytes.append(contentsOf: text.utf8.lazy.map { CChar(bitPattern: $0) })
      bytes.append(0)
    }
    bytes.append(0)
    return bytes.withUnsafeMutableBufferPointer { buffer in
      let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
        capacity: offsets.count + 1)
      defer { pointers.deallocate() }
      for (index, offset) in offsets.enumerated() {
        (pointers + index).initialize(to: buffer.baseAddress.map { $0 + offset })
      }
      (pointers + offsets.count).initialize(to: nil)
      return body(pointers)
    }
  }
}
