# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the scripts that start servers for tests: processes that belong to one state folder, with
# their pid files in STATE/run and their logs in STATE/log. Wants $state and say().
# shellcheck disable=SC2154 # state is set by who sources this

# A process id may be another process's by now: only one whose command line names this folder is ours.
is_ours() { tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -qF -- "$state/"; }
is_alive() { # NAME
  local pid
  pid=$(cat "$state/run/$1.pid" 2>/dev/null) && [ -n "$pid" ] && is_ours "$pid"
}

start() { # NAME COMMAND...
  local name=$1
  shift
  # The log is theirs and the lock of descriptor 9 is not.
  setsid "$@" </dev/null >"$state/log/$name.log" 2>&1 9>&- &
  echo $! >"$state/run/$name.pid"
  disown
}

stop() { # SIGNAL NAME
  local pid
  pid=$(cat "$state/run/$2.pid" 2>/dev/null) || return 0
  if [ -n "$pid" ] && is_ours "$pid"; then
    # Each was started as the leader of a group, to which its workers belong.
    kill "-$1" -- "-$pid" 2>/dev/null
    for _ in $(seq 100); do
      is_ours "$pid" || break
      sleep 0.1
    done
    if is_ours "$pid"; then kill -KILL -- "-$pid" 2>/dev/null; fi
  fi
  rm -f "$state/run/$2.pid"
}

# wait_for NAME SECONDS COMMAND... : until the command succeeds; fails when the process NAME is gone.
wait_for() {
  local name=$1 tenths=$(($2 * 10))
  shift 2
  while [ $tenths -gt 0 ]; do
    "$@" && return 0
    is_alive "$name" || break
    sleep 0.1
    tenths=$((tenths - 1))
  done
  say "--- end of $name.log"
  grep -vE '^I[0-9]{4} ' "$state/log/$name.log" | tail -n 15 >&2 || true
  return 1
}

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo $port; return; }
  done
}

# stop_after PID COMMAND... : runs the command once the process PID has ended, however it ended.
stop_after() {
  local pid=$1
  shift
  # shellcheck disable=SC2016 # expanded by the inner shell
  setsid bash -c 'pid=$1; shift; while kill -0 "$pid" 2>/dev/null; do sleep 0.5; done; exec "$@"' \
    watcher "$pid" "$@" </dev/null >/dev/null 2>&1 9>&- &
  disown
}
