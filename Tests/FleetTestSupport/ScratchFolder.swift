// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// A folder of a test's own, removed with everything in it when the value goes away.
///
/// `FLEET_KEEP=1` in the environment keeps it and prints where it is.
package final class ScratchFolder {
  /// The folder's path.
  package let path: String

  /// The folder could not be made.
  package struct Failure: Error {
    /// What the system said.
    package let message: String
  }

  /// Makes a folder below `TMPDIR` or `/tmp`, named after the running test.
  package init(_ name: String? = nil) throws {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let title = name ?? Test.current?.name ?? "test"
    let safe = title.unicodeScalars.prefix(40).map { scalar in
      scalar.properties.isAlphabetic && scalar.isASCII || ("0"..."9").contains(scalar)
        ? Character(scalar) : "-"
    }
    var template = Array("\(base)/fleet-\(String(safe)).XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw Failure(
        message: "cannot make a folder in '\(base)': \(String(cString: strerror(errno)))")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    if getenv("FLEET_KEEP").map({ String(cString: $0) }) == "1" {
      print("kept \(path)")
      return
    }
    Self.remove(path)
  }

  /// Writes a file below the folder, and the folders above it.
  @discardableResult
  package func write(_ text: String, to name: String) throws -> String {
    let file = path + "/" + name
    for index in file.indices where file[index] == "/" && index > file.startIndex {
      mkdir(String(file[..<index]), 0o777)
    }
    guard TestFiles.write(Array(text.utf8), to: file) else {
      throw Failure(message: "cannot write '\(file)': \(String(cString: strerror(errno)))")
    }
    return file
  }

  /// Removes a folder and all that is in it; symbolic links are removed, not followed.
  private static func remove(_ path: String) {
    if let folder = opendir(path) {
      var names: [String] = []
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
      }
      closedir(folder)
      for name in names {
        let child = path + "/" + name
        var status = stat()
        guard lstat(child, &status) == 0 else { continue }
        if status.st_mode & S_IFMT == S_IFDIR { remove(child) } else { unlink(child) }
      }
    }
    rmdir(path)
  }
}
