#!/bin/sh
# Lints every shell script that is tracked or new, where shellcheck is installed.
set -eu
cd "$(dirname "$0")/.."
if ! command -v shellcheck >/dev/null 2>&1; then
  echo "check: shellcheck is not installed; shell scripts were not linted ('make deps-test')" >&2
  exit 0
fi
git ls-files -co --exclude-standard | while IFS= read -r file; do
  [ -f "$file" ] || continue
  case $(head -n 1 "$file" 2>/dev/null | tr -d '\0') in
    '#!/bin/sh'* | '#!/usr/bin/env bash'*) printf '%s\0' "$file" ;;
  esac
done | xargs -0 -r shellcheck -x -P SCRIPTDIR
