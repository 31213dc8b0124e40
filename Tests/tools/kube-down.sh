#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# kube-down.sh [--purge] STATE_DIR - stops what kube-up.sh started there, by pid file and nothing else;
# --purge removes STATE_DIR too. Exit: 0, also when nothing runs; 64 usage.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
signal=TERM state=
for argument in "$@"; do
  case $argument in
    # The data is thrown away, so a clean shutdown of ten seconds buys nothing.
    --purge) signal=KILL ;;
    *) state=$(realpath -m "$argument") ;;
  esac
done
[ -n "$state" ] || { echo 'usage: kube-down.sh [--purge] STATE_DIR' >&2; exit 64; }
# shellcheck source-path=SCRIPTDIR source=processes.sh
. "$here/processes.sh"

for name in kube-controller-manager kube-apiserver etcd; do stop $signal $name; done
# Only a folder that kube-up.sh made is removed.
if [ $signal = KILL ] && [ -f "$state/tokens.csv" ]; then rm -rf "$state"; fi
exit 0
