#!/bin/sh
# test.sh SWIFT - builds everything and runs all tests, with a real API server where one can be had
set -eu
cd "$(dirname "$0")/.."
swift=${1:-swift}

# Started once before the tests, so that compiling a kube-apiserver (once per machine, six minutes) does
# not run into the time limit of a test, and so that one line tells what is not tested here.
state=$(mktemp -d "${TMPDIR:-/tmp}/fleet-test.XXXXXX")
trap 'rm -rf "$state"' EXIT
if Tests/tools/kube-up.sh --controllers "$state/kube" >/dev/null; then
  Tests/tools/kube-down.sh --purge "$state/kube"
else
  echo "test: without a kube-apiserver, the tests against a real cluster are left out" >&2
fi
# Where deps.sh puts a helm, when the machine has none.
cached=${XDG_CACHE_HOME:-$HOME/.cache}/kubectl-fleet/bin/helm
if [ -z "${FLEET_HELM:-}" ] && ! command -v helm >/dev/null 2>&1; then
  if [ -x "$cached" ]; then
    FLEET_HELM=$cached
    export FLEET_HELM
  else
    echo "test: without helm, the tests of charts are left out ('make deps-test' can get it)" >&2
  fi
fi
"$swift" build --build-tests
# The failures once more at the end: among the lines of a thousand tests nobody finds them.
{ "$swift" test --skip-build 2>&1 || echo failed >"$state/failed"; } | tee "$state/log"
if [ -f "$state/failed" ]; then
  echo "test: these failed:"
  grep -A 8 -e 'recorded an issue' -e 'Fatal error' -e 'unexpected signal' "$state/log" |
    cut -c 1-400 | head -n 150
  grep -e '^✘ Test .* failed' "$state/log" | head -n 50
  exit 1
fi
