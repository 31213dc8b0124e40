#!/bin/sh
# test.sh SWIFT - builds everything and runs all tests, with a real API server where one can be had
set -eu
cd "$(dirname "$0")/.."
swift=${1:-swift}

# One build of kube-apiserver and etcd serves all tests; it is made once and cached.
if sh Tests/tools/kube-assets.sh; then :; else
  echo "test: no kube-apiserver here; tests against a real API server are not run" >&2
fi
"$swift" build --build-tests
exec "$swift" test --skip-build
