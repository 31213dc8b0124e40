#!/bin/sh
# Writes hooks/, plugins/ and templates/ into Sources/HubService/EmbeddedFiles.generated.swift, so that the programs carry them.
# A test proves that the file equals the folders; run `make generated` after a change.
set -eu
cd "$(dirname "$0")/.."
out=Sources/HubService/EmbeddedFiles.generated.swift
{
  cat <<'HEAD'
// SPDX-License-Identifier: Apache-2.0
// Made by `make generated` from hooks/, plugins/ and templates/. Do not edit.
// swift-format-ignore-file

/// The files of hooks/, plugins/ and templates/, carried inside the programs.
package enum EmbeddedFiles {
  /// A file.
  package struct File: Sendable {
    /// Its path from the root of this project: `hooks/fleet.git/pre-receive`.
    package let path: String
    /// Whether it can be run.
    package let isExecutable: Bool
    /// Its text.
    package let text: String
  }

  /// The file at a path, or nil.
  package static func file(_ path: String) -> File? { all.first { $0.path == path } }

  /// All files, in the order of their paths.
  package static let all: [File] = [
HEAD
  find hooks plugins templates -type f ! -path "plugins/krew/*" ! -path plugins/README.md | LC_ALL=C sort | while IFS= read -r file; do
    executable=false
    if [ -x "$file" ]; then executable=true; fi
    printf '    File(\n      path: "%s", isExecutable: %s,\n      text: ##"""\n' "$file" "$executable"
    cat "$file"
    printf '\n"""##),\n'
  done
  printf '  ]\n}\n'
} >"$out.new"
mv "$out.new" "$out"
