#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# web-up.sh [--user NAME:PASSWORD]... [--while PID] STATE_DIR HUB_DIR
#
# Serves a hub folder over HTTP on loopback as a real one is: nginx, fcgiwrap, git-http-backend, all as
# the current user. Prints the hub's URL. With --user everybody must sign in, and the name becomes
# FLEET_CLUSTER for hooks. Everything is stopped when process PID has ended, or by web-down.sh.
#
# Exit: 0 running, 1 failed, 3 a program is missing here (one line says which), 64 usage.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
say() { printf 'web-up: %s\n' "$*" >&2; }
usage() { echo 'usage: web-up.sh [--user NAME:PASSWORD]... [--while PID] STATE_DIR HUB_DIR' >&2; exit 64; }

users=() parent='' state='' hub=''
while [ $# -gt 0 ]; do
  case $1 in
    --user) [ $# -ge 2 ] || usage; users+=("$2"); shift ;;
    --while) [ $# -ge 2 ] || usage; parent=$2; shift ;;
    -*) usage ;;
    *) if [ -z "$state" ]; then state=$(realpath -m "$1"); else hub=$(realpath -m "$1"); fi ;;
  esac
  shift
done
[ -n "$hub" ] || usage
for tool in nginx fcgiwrap openssl curl setsid; do
  command -v "$tool" >/dev/null || { say "no web server without '$tool'"; exit 3; }
done
backend=$(git --exec-path)/git-http-backend
[ -x "$backend" ] || { say "no web server without 'git-http-backend'"; exit 3; }

mkdir -p "$state"/{run,log,temp}
# shellcheck source-path=SCRIPTDIR source=processes.sh
. "$here/processes.sh"

auth=''
if [ ${#users[@]} -gt 0 ]; then
  : >"$state/passwords"
  for user in "${users[@]}"; do
    echo "${user%%:*}:$(openssl passwd -apr1 "${user#*:}")" >>"$state/passwords"
  done
  auth="auth_basic hub; auth_basic_user_file $state/passwords;"
fi
# A cluster gets its own file, whatever it asks for; where nobody signs in, the one that is asked for.
bundles="location ~ ^/bundles/[^/]+\\.(?<fleet_piece>bundle|json)\$ { alias $hub/bundles/\$remote_user.\$fleet_piece; }"
[ ${#users[@]} -gt 0 ] || bundles="location /bundles/ { root $hub; }"
# Workers of a root's nginx are nobody, who may not read the hub.
account=''
[ "$(id -u)" != 0 ] || account='user root;'

# As on a real hub.
cp "$here/../../templates/hub/nginx-http.conf" "$state/contacts.conf"

# What git-http-backend has to know; the same in both places below.
cat >"$state/run/git-backend.conf" <<CONF
fastcgi_pass unix:$state/run/fcgi.sock;
fastcgi_param SCRIPT_FILENAME $backend;
fastcgi_param GIT_PROJECT_ROOT $hub;
fastcgi_param GIT_HTTP_EXPORT_ALL 1;
fastcgi_param GIT_PROTOCOL \$http_git_protocol;
fastcgi_param PATH_INFO \$uri;
fastcgi_param QUERY_STRING \$query_string;
fastcgi_param REQUEST_METHOD \$request_method;
fastcgi_param CONTENT_TYPE \$content_type;
fastcgi_param CONTENT_LENGTH \$content_length;
fastcgi_param REMOTE_ADDR \$remote_addr;
fastcgi_param REMOTE_USER \$remote_user;
fastcgi_param FLEET_CLUSTER \$remote_user;
CONF

write_config() {
  cat >"$state/nginx.conf" <<CONF
$account
daemon off;
pid $state/run/nginx.own.pid;
error_log stderr;
worker_processes 1;
events {}
http {
  access_log $state/log/access.log;
  include $state/contacts.conf;
  client_body_temp_path $state/temp/body;
  proxy_temp_path $state/temp/proxy;
  fastcgi_temp_path $state/temp/fastcgi;
  uwsgi_temp_path $state/temp/uwsgi;
  scgi_temp_path $state/temp/scgi;
  client_max_body_size 0;
  server {
    listen 127.0.0.1:$port;
    $auth
    location = /hub.json { root $hub; }
    $bundles
    location ~ ^/fleet\\.git/ {
      include $state/run/git-backend.conf;
    }
    location ~ ^/(?<fleet_kind>slices|status)\\.git/ {
      access_log $hub/contacts.log fleet_contact if=\$fleet_contact;
      fastcgi_param GIT_CONFIG_COUNT 2;
      fastcgi_param GIT_CONFIG_KEY_0 transfer.hideRefs;
      fastcgi_param GIT_CONFIG_VALUE_0 refs/;
      fastcgi_param GIT_CONFIG_KEY_1 transfer.hideRefs;
      fastcgi_param GIT_CONFIG_VALUE_1 !refs/\$fleet_kind/\$remote_user;
      include $state/run/git-backend.conf;
    }
  }
}
CONF
}
# shellcheck disable=SC2317 # called by name
answers() {
  # With users every other answer than a refused connection says that nginx is there.
  curl -s -o "$state/log/probe" -m 5 "http://127.0.0.1:$port/hub.json" && [ -S "$state/run/fcgi.sock" ]
}

start fcgiwrap fcgiwrap -c 2 -s "unix:$state/run/fcgi.sock"
for _ in 1 2 3; do # again on another port when somebody else was quicker
  port=$(free_port)
  write_config
  start nginx nginx -p "$state/" -c "$state/nginx.conf"
  if wait_for nginx 10 answers; then
    [ -z "$parent" ] || stop_after "$parent" "$here/web-down.sh" "$state"
    echo "http://127.0.0.1:$port"
    exit 0
  fi
  stop TERM nginx
done
stop TERM fcgiwrap
say "could not start; logs in $state/log"
exit 1
