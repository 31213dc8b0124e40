// SPDX-License-Identifier: Apache-2.0

import Glibc

// Swift's Glibc module is built without _GNU_SOURCE, which hides these (glibc 2.29 and 2.34).
// For pointers and integers the calling conventions of Swift and C are the same.

@_silgen_name("posix_spawn_file_actions_addchdir_np")
func posix_spawn_file_actions_addchdir_np(
  _ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ path: UnsafePointer<CChar>
) -> Int32

@_silgen_name("posix_spawn_file_actions_addclosefrom_np")
func posix_spawn_file_actions_addclosefrom_np(
  _ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ from: Int32
) -> Int32

@_silgen_name("fallocate")
func fallocate(_ number: Int32, _ mode: Int32, _ offset: Int, _ length: Int) -> Int32
