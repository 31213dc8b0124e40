#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# kube-up.sh [--controllers] [--user NAME]... [--while PID] STATE_DIR
#
# Starts a real Kubernetes API server with its etcd on loopback, on free ports, for tests: no kubelet
# and no scheduler, so pods stay Pending. Prints the path of an administrator's kubeconfig; everything
# else goes to stderr. Started twice with the same STATE_DIR it finds the running one.
#
#   STATE_DIR       data, certificates, logs, pid files; STATE_DIR/kubeconfig, STATE_DIR/kubeconfig-NAME
#   --controllers   kube-controller-manager too (deletes namespaces, creates ReplicaSets and pods)
#   --user NAME     one more user, without any rights
#   --while PID     everything is stopped and STATE_DIR removed when process PID has ended
#
# The programs are taken from $KUBEBUILDER_ASSETS, else from PATH, else compiled once by kube-build.sh
# into ${FLEET_KUBE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kubectl-fleet/kube}.
# FLEET_KUBE_BUILD=0 leaves compiling out.
#
# Exit: 0 running, 1 failed, 3 no kube-apiserver can be had here (one line says why), 64 usage.
set -euo pipefail
umask 077
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

say() { printf 'kube-up: %s\n' "$*" >&2; }
usage() { echo 'usage: kube-up.sh [--controllers] [--user NAME]... [--while PID] STATE_DIR' >&2; exit 64; }

controllers=no users=() state='' parent=''
while [ $# -gt 0 ]; do
  case $1 in
    --controllers) controllers=yes ;;
    --user) [ $# -ge 2 ] || usage; users+=("$2"); shift ;;
    --while) [ $# -ge 2 ] || usage; parent=$2; shift ;;
    -*) usage ;;
    *) [ -z "$state" ] || usage; state=$(realpath -m "$1") ;;
  esac
  shift
done
[ -n "$state" ] || usage
for tool in openssl curl flock setsid base64; do
  command -v "$tool" >/dev/null || { say "no kube-apiserver without '$tool'"; exit 3; }
done

# ---- where the programs are
wanted=(kube-apiserver etcd)
[ $controllers = no ] || wanted+=(kube-controller-manager)
has_all() {
  local program
  for program in "${wanted[@]}"; do [ -x "$1/$program" ] || return 1; done
}
find_programs() {
  local cache=${FLEET_KUBE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/kubectl-fleet/kube} folder
  if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then
    has_all "$KUBEBUILDER_ASSETS" || { say "'$KUBEBUILDER_ASSETS' lacks one of: ${wanted[*]}"; exit 3; }
    programs=$KUBEBUILDER_ASSETS
    return
  fi
  if folder=$(command -v kube-apiserver) && has_all "$(dirname "$folder")"; then
    programs=$(dirname "$folder")
    return
  fi
  programs=$cache/bin
  has_all "$programs" && return
  [ "${FLEET_KUBE_BUILD:-1}" != 0 ] || { say 'no kube-apiserver on PATH, and FLEET_KUBE_BUILD=0'; exit 3; }
  nice "$here/kube-build.sh" "$programs" || exit $?
}
find_programs

mkdir -p "$state"/{pki,run,log}
exec 9>"$state/run/.lock"
flock 9
# shellcheck source-path=SCRIPTDIR source=processes.sh
. "$here/processes.sh"

# ---- certificates and tokens, kept over restarts
make_keys() {
  cd "$state/pki"
  [ ! -f complete ] || return 0
  openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -subj /CN=fleet-test-ca -days 3650
  openssl genrsa -out sa.key 2048
  openssl req -newkey rsa:2048 -nodes -keyout apiserver.key -out apiserver.csr -subj /CN=kube-apiserver
  printf '%s\n' extendedKeyUsage=serverAuth \
    'subjectAltName=IP:127.0.0.1,IP:10.0.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc' \
    >apiserver.ext
  openssl x509 -req -in apiserver.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out apiserver.crt -days 3650 \
    -extfile apiserver.ext
  touch complete
}
make_keys 2>"$state/log/openssl.log" || { cat "$state/log/openssl.log" >&2; exit 1; }
tokens=$state/tokens.csv
touch "$tokens"
add_user() { # NAME [GROUP]
  grep -q "^[^,]*,$1," "$tokens" || echo "$(openssl rand -hex 16),$1,$1${2:+,\"$2\"}" >>"$tokens"
}
token_of() { awk -F, -v user="$1" '$2 == user { print $1 }' "$tokens"; }
add_user admin system:masters
add_user system:kube-controller-manager
for user in ${users[@]+"${users[@]}"}; do add_user "$user"; done
write_kubeconfig() { # USER FILE
  cat >"$2" <<YAML
apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: "https://127.0.0.1:$API_PORT", certificate-authority-data: $(base64 -w 0 "$state/pki/ca.crt")}}]
users: [{name: "$1", user: {token: $(token_of "$1")}}]
contexts: [{name: test, context: {cluster: test, user: "$1"}}]
current-context: test
YAML
}

# ---- start
# shellcheck disable=SC2317 # called by name
etcd_answers() { curl -sf -m 5 "http://127.0.0.1:$ETCD_PORT/health" 2>/dev/null | grep -q true; }
api_answers() { # PATH
  curl -sf -m 5 --cacert "$state/pki/ca.crt" -H "Authorization: Bearer $(token_of admin)" \
    "https://127.0.0.1:$API_PORT$1" >/dev/null 2>&1
}
start_all() {
  local admission=() user
  write_kubeconfig admin "$state/kubeconfig"
  write_kubeconfig system:kube-controller-manager "$state/run/controllers.kubeconfig"
  for user in ${users[@]+"${users[@]}"}; do write_kubeconfig "$user" "$state/kubeconfig-$user"; done
  start etcd "$programs/etcd" --name test --data-dir "$state/etcd" --unsafe-no-fsync --logger zap --log-outputs stderr \
    --listen-client-urls "http://127.0.0.1:$ETCD_PORT" --advertise-client-urls "http://127.0.0.1:$ETCD_PORT" \
    --listen-peer-urls "http://127.0.0.1:$PEER_PORT" --initial-advertise-peer-urls "http://127.0.0.1:$PEER_PORT" \
    --initial-cluster "test=http://127.0.0.1:$PEER_PORT"
  wait_for etcd 30 etcd_answers || return 1
  # Without the controllers no service account ever gets the token that this plugin waits for.
  [ $controllers = yes ] || admission=(--disable-admission-plugins=ServiceAccount)
  start kube-apiserver "$programs/kube-apiserver" "--etcd-servers=http://127.0.0.1:$ETCD_PORT" --bind-address=127.0.0.1 \
    --advertise-address=127.0.0.1 "--secure-port=$API_PORT" \
    "--tls-cert-file=$state/pki/apiserver.crt" "--tls-private-key-file=$state/pki/apiserver.key" \
    "--client-ca-file=$state/pki/ca.crt" "--token-auth-file=$tokens" --authorization-mode=Node,RBAC \
    --service-account-issuer=https://kubernetes.default.svc "--service-account-key-file=$state/pki/sa.key" \
    "--service-account-signing-key-file=$state/pki/sa.key" --service-cluster-ip-range=10.0.0.0/16 \
    --allow-privileged=true --endpoint-reconciler-type=none ${admission[@]+"${admission[@]}"}
  wait_for kube-apiserver 90 api_answers /readyz || return 1
  [ $controllers = yes ] || return 0
  start kube-controller-manager "$programs/kube-controller-manager" "--kubeconfig=$state/run/controllers.kubeconfig" --leader-elect=false \
    --use-service-account-credentials=true "--service-account-private-key-file=$state/pki/sa.key" \
    "--root-ca-file=$state/pki/ca.crt" --secure-port=0
  # They work once the first service account is there.
  wait_for kube-controller-manager 60 api_answers /api/v1/namespaces/default/serviceaccounts/default
}

# shellcheck source=/dev/null
[ ! -f "$state/ports" ] || . "$state/ports"
if [ -n "${API_PORT:-}" ] && is_alive etcd && is_alive kube-apiserver && api_answers /readyz &&
  { [ $controllers = no ] || is_alive kube-controller-manager; }; then
  for user in ${users[@]+"${users[@]}"}; do
    [ -f "$state/kubeconfig-$user" ] || { say "was started without --user $user"; exit 1; }
  done
  echo "$state/kubeconfig"
  exit 0
fi
for _ in 1 2 3; do # again on other ports when somebody else was quicker
  "$here/kube-down.sh" "$state"
  API_PORT=$(free_port) ETCD_PORT=$(free_port) PEER_PORT=$(free_port)
  [ "$(printf '%s\n' "$API_PORT" "$ETCD_PORT" "$PEER_PORT" | sort -u | wc -l)" = 3 ] || continue
  printf 'API_PORT=%s\nETCD_PORT=%s\nPEER_PORT=%s\n' "$API_PORT" "$ETCD_PORT" "$PEER_PORT" >"$state/ports"
  # Data written under other ports would make etcd look for its old self.
  rm -rf "$state/etcd"
  if start_all; then
    [ -z "$parent" ] || stop_after "$parent" "$here/kube-down.sh" --purge "$state"
    echo "$state/kubeconfig"
    exit 0
  fi
done
"$here/kube-down.sh" "$state"
say "could not start; logs in $state/log"
exit 1
