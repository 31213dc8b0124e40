#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# kube-down.sh [--purge] STATE_DIR - stops what kube-up.sh started there, by pid file and nothing else;
# --purge removes STATE_DIR too. Exit: 0, also when nothing runs; 64 usage.
set -uo pipefail
purge=no state=
for argument in "$@"; do
  case $argument in
    --purge) purge=yes ;;
    *) state=$(realpath -m "$argument") ;;
  esac
done
[ -n "$state" ] || { echo 'usage: kube-down.sh [--purge] STATE_DIR' >&2; exit 64; }

# A process id may be another process's by now: only one whose command line names this folder is ours.
is_ours() { tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -qF -- "$state/"; }

for name in kube-controller-manager kube-apiserver etcd; do
  pid=$(cat "$state/run/$name.pid" 2>/dev/null) || continue
  if [ -n "$pid" ] && is_ours "$pid"; then
    # The data is thrown away, so a clean shutdown of ten seconds buys nothing.
    if [ $purge = yes ]; then kill -KILL "$pid"; else kill "$pid"; fi 2>/dev/null
    for _ in $(seq 100); do
      is_ours "$pid" || break
      sleep 0.1
    done
    if is_ours "$pid"; then kill -KILL "$pid" 2>/dev/null; fi
  fi
  rm -f "$state/run/$name.pid"
done
# Only a folder that kube-up.sh made is removed.
if [ $purge = yes ] && [ -f "$state/tokens.csv" ]; then rm -rf "$state"; fi
exit 0
