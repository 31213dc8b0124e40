#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# charts-up.sh [--user NAME:PASSWORD]... [--while PID] STATE_DIR CHART_DIR
#
# Serves CHART_DIR (index.yaml and archives) over HTTP on loopback with nginx and, below /v2/ of the same
# port, an empty OCI registry, Debian's docker-registry; all as the current user. Prints the base URL. With
# --user both want a name and a password. Everything is stopped when process PID has ended, or by
# charts-down.sh.
#
# Exit: 0 running, 1 failed, 3 a program is missing here (one line says which), 64 usage.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
say() { printf 'charts-up: %s\n' "$*" >&2; }
usage() { echo 'usage: charts-up.sh [--user NAME:PASSWORD]... [--while PID] STATE_DIR CHART_DIR' >&2; exit 64; }

users=() parent='' state='' charts=''
while [ $# -gt 0 ]; do
  case $1 in
    --user) [ $# -ge 2 ] || usage; users+=("$2"); shift ;;
    --while) [ $# -ge 2 ] || usage; parent=$2; shift ;;
    -*) usage ;;
    *) if [ -z "$state" ]; then state=$(realpath -m "$1"); else charts=$(realpath -m "$1"); fi ;;
  esac
  shift
done
[ -n "$charts" ] || usage
for tool in nginx docker-registry openssl curl setsid; do
  command -v "$tool" >/dev/null || { say "no chart server without '$tool'"; exit 3; }
done

mkdir -p "$state"/{run,log,temp,registry}
# shellcheck source-path=SCRIPTDIR source=processes.sh
. "$here/processes.sh"

auth=''
if [ ${#users[@]} -gt 0 ]; then
  : >"$state/passwords"
  for user in "${users[@]}"; do
    echo "${user%%:*}:$(openssl passwd -apr1 "${user#*:}")" >>"$state/passwords"
  done
  auth="auth_basic charts; auth_basic_user_file $state/passwords;"
fi
# Workers of a root's nginx are nobody, who may not read the charts.
account=''
[ "$(id -u)" != 0 ] || account='user root;'

write_config() {
  cat >"$state/registry.yml" <<CONF
version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: $state/registry } }
http: { addr: "127.0.0.1:$inner", relativeurls: true }
CONF
  cat >"$state/nginx.conf" <<CONF
$account
daemon off;
pid $state/run/nginx.own.pid;
error_log stderr;
worker_processes 1;
events {}
http {
  access_log $state/log/access.log;
  client_body_temp_path $state/temp/body;
  proxy_temp_path $state/temp/proxy;
  fastcgi_temp_path $state/temp/fastcgi;
  uwsgi_temp_path $state/temp/uwsgi;
  scgi_temp_path $state/temp/scgi;
  client_max_body_size 0;
  server {
    listen 127.0.0.1:$port;
    $auth
    location / { root $charts; }
    location /v2/ {
      proxy_pass http://127.0.0.1:$inner;
      proxy_set_header Host \$http_host;
    }
  }
}
CONF
}
# shellcheck disable=SC2317 # called by name
answers() {
  # With users every other answer than a refused connection says that nginx is there.
  curl -s -o "$state/log/probe" -m 5 "http://127.0.0.1:$port/v2/" \
    && curl -s -o "$state/log/probe" -m 5 "http://127.0.0.1:$inner/v2/"
}

for _ in 1 2 3; do # again on other ports when somebody else was quicker
  port=$(free_port)
  inner=$(free_port)
  [ "$port" != "$inner" ] || continue
  write_config
  start registry docker-registry serve "$state/registry.yml"
  start nginx nginx -p "$state/" -c "$state/nginx.conf"
  if wait_for nginx 10 answers; then
    [ -z "$parent" ] || stop_after "$parent" "$here/charts-down.sh" "$state"
    echo "http://127.0.0.1:$port"
    exit 0
  fi
  stop TERM nginx
  stop TERM registry
done
say "could not start; logs in $state/log"
exit 1
