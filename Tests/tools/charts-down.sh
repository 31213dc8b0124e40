#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# charts-down.sh STATE_DIR - stops what charts-up.sh started there, by pid file and nothing else.
# Exit: 0, also when nothing runs; 64 usage.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -eq 1 ] || { echo 'usage: charts-down.sh STATE_DIR' >&2; exit 64; }
state=$(realpath -m "$1")
# shellcheck source-path=SCRIPTDIR source=processes.sh
. "$here/processes.sh"

for name in nginx registry; do stop TERM $name; done
exit 0
