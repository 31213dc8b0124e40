#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# ssh-up.sh --cluster NAME... [--while PID] STATE_DIR HUB_DIR
#
# Serves a hub folder over ssh on loopback by an sshd of its own, as the current user. Every cluster has a
# key, STATE_DIR/keys/NAME, whose forced command lets it fetch from slices.git and push to status.git with
# FLEET_CLUSTER=NAME, and nothing else. Prints the hub's URL; clients take `ssh -F STATE_DIR/client.NAME`.
# Everything is stopped when process PID has ended, or by ssh-down.sh.
#
# Exit: 0 running, 1 failed, 3 sshd cannot be used here (one line says why), 64 usage.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
say() { printf 'ssh-up: %s\n' "$*" >&2; }
usage() { echo 'usage: ssh-up.sh --cluster NAME... [--while PID] STATE_DIR HUB_DIR' >&2; exit 64; }

clusters=() parent='' state='' hub=''
while [ $# -gt 0 ]; do
  case $1 in
    --cluster) [ $# -ge 2 ] || usage; clusters+=("$2"); shift ;;
    --while) [ $# -ge 2 ] || usage; parent=$2; shift ;;
    -*) usage ;;
    *) if [ -z "$state" ]; then state=$(realpath -m "$1"); else hub=$(realpath -m "$1"); fi ;;
  esac
  shift
done
if [ -z "$hub" ] || [ ${#clusters[@]} = 0 ]; then usage; fi
for tool in sshd ssh ssh-keygen setsid; do
  command -v "$tool" >/dev/null || { say "no ssh server without '$tool'"; exit 3; }
done

# sshd wants to be called by its whole path. A root's sshd wants /run/sshd too, which the service makes
# where one is installed; elsewhere it gets a /run of its own instead of a change to this machine's.
command=("$(command -v sshd)")
if [ "$(id -u)" = 0 ] && [ ! -d /run/sshd ]; then
  unshare --mount true 2>/dev/null || { say "no ssh server as root without '/run/sshd'"; exit 3; }
  # shellcheck disable=SC2016 # expanded by the inner shell
  command=(unshare --mount sh -c 'mount -t tmpfs none /run && mkdir -m 755 /run/sshd && exec "$@"' sh
    "${command[@]}")
fi

mkdir -p "$state"/{run,log,keys}
chmod 700 "$state" "$state/keys"
# shellcheck source-path=SCRIPTDIR source=processes.sh
. "$here/processes.sh"

[ -f "$state/host" ] || ssh-keygen -q -t ed25519 -N '' -f "$state/host"
: >"$state/authorized_keys"
chmod 600 "$state/authorized_keys"
# As on a real hub.
sed "s,{{HUB}},$hub," "$here/../../templates/hub/fleet-cluster" >"$state/forced"
chmod 700 "$state/forced"
for cluster in "${clusters[@]}"; do
  [ -f "$state/keys/$cluster" ] || ssh-keygen -q -t ed25519 -N '' -f "$state/keys/$cluster"
  printf 'restrict,command="%s %s" %s\n' "$state/forced" "$cluster" "$(cat "$state/keys/$cluster.pub")" \
    >>"$state/authorized_keys"
done

user=$(id -un)
write_config() {
  cat >"$state/sshd_config" <<CONF
ListenAddress 127.0.0.1
Port $port
HostKey $state/host
PidFile none
AuthorizedKeysFile $state/authorized_keys
# The keys lie below a folder for temporary files, which sshd would not trust.
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin forced-commands-only
CONF
  printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d ' ' -f 1,2 "$state/host.pub")" >"$state/known_hosts"
  for cluster in "${clusters[@]}"; do
    cat >"$state/client.$cluster" <<CONF
Host *
  IdentityFile $state/keys/$cluster
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile $state/known_hosts
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
  BatchMode yes
CONF
  done
}
# shellcheck disable=SC2317 # called by name
answers() { grep -q 'Server listening' "$state/log/sshd.log"; }

for _ in 1 2 3; do # again on another port when somebody else was quicker
  port=$(free_port)
  write_config
  start sshd "${command[@]}" -D -e -f "$state/sshd_config"
  if wait_for sshd 10 answers; then
    [ -z "$parent" ] || stop_after "$parent" "$here/ssh-down.sh" "$state"
    echo "ssh://$user@127.0.0.1:$port$hub"
    exit 0
  fi
  stop TERM sshd
done
say "could not start; logs in $state/log"
exit 1
