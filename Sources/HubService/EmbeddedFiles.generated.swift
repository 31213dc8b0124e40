// SPDX-License-Identifier: Apache-2.0
// Made by `make generated` from hooks/, plugins/ and templates/. Do not edit.
// swift-format-ignore-file

/// The files of hooks/, plugins/ and templates/, carried inside the programs.
package enum EmbeddedFiles {
  /// A file.
  package struct File: Sendable {
    /// Its path from the root of this project: `hooks/fleet.git/pre-receive`.
    package let path: String
    /// Whether it can be run.
    package let isExecutable: Bool
    /// Its text.
    package let text: String
  }

  /// The file at a path, or nil.
  package static func file(_ path: String) -> File? { all.first { $0.path == path } }

  /// All files, in the order of their paths.
  package static let all: [File] = [
    File(
      path: "hooks/fleet.git/post-receive", isExecutable: true,
      text: ##"""
#!/bin/sh
# kubectl fleet: post-receive of fleet.git
#
# Publishes what was accepted.
# stdin   lines "OLD NEW REF", as Git gives them to post-receive
# output  what was released, for the pusher
# exit    0 always: the refs have moved, and `fleet-hub tick` (cron) finishes what is left
#
# Fails open: a missing program is said, the push stands.
# Found in: $FLEET_LIBEXEC, then `git config fleet.libexec`, then $PATH.
libexec=${FLEET_LIBEXEC:-$(git config --get fleet.libexec)}
program=${libexec:+$libexec/}fleet-post-receive
if ! command -v "$program" >/dev/null 2>&1; then
  echo "warning: '$program' is not installed on the hub; nothing is published yet" >&2
  echo "hint: install it; 'fleet-hub tick' then publishes what was accepted" >&2
  exit 0
fi
"$program" || echo "warning: publishing is not complete; 'fleet-hub tick' goes on with it" >&2
exit 0

"""##),
    File(
      path: "hooks/fleet.git/pre-receive", isExecutable: true,
      text: ##"""
#!/bin/sh
# kubectl fleet: pre-receive of fleet.git
#
# Checks and compiles a push; accepts or refuses it.
# stdin   lines "OLD NEW REF", as Git gives them to pre-receive
# output  findings and the blast radius, for the pusher
# exit    0 accepted; anything else: Git refuses the push and drops its objects
#
# Fails closed: without the program no push is accepted.
# Found in: $FLEET_LIBEXEC, then `git config fleet.libexec`, then $PATH.
libexec=${FLEET_LIBEXEC:-$(git config --get fleet.libexec)}
program=${libexec:+$libexec/}fleet-pre-receive
if ! command -v "$program" >/dev/null 2>&1; then
  echo "error: '$program' is not installed on the hub; the push is refused" >&2
  echo "hint: this is not a fault in your change; tell the hub's administrator" >&2
  echo "hint: on the hub: git config fleet.libexec DIR, or 'kubectl fleet doctor'" >&2
  exit 2
fi
exec "$program"

"""##),
    File(
      path: "hooks/slices.git/pre-receive", isExecutable: true,
      text: ##"""
#!/bin/sh
# kubectl fleet: pre-receive of slices.git
#
# Refuses every push: the hub alone writes slices, without going through Git's receive-pack.
echo "error: slices.git is written by the hub alone" >&2
echo "hint: push your change to fleet.git; the hub compiles and publishes it" >&2
exit 1

"""##),
    File(
      path: "hooks/status.git/post-receive", isExecutable: true,
      text: ##"""
#!/bin/sh
# kubectl fleet: post-receive of status.git
#
# Makes the hub look at a status that has come, soon and once for many; does not wait for it.
# stdin   lines "OLD NEW REF", as Git gives them to post-receive; not read
# exit    0 always: the refs have moved, and `fleet-hub tick` (cron) looks too
#
# Found in: $FLEET_LIBEXEC, then `git config fleet.libexec`, then $PATH.

# Another push has said so and nobody has looked since: this status is seen with that one.
[ ! -e ../status-dirty ] || exit 0
libexec=${FLEET_LIBEXEC:-$(git config --get fleet.libexec)}
program=${libexec:+$libexec/}fleet-status-receive
command -v "$program" >/dev/null 2>&1 || exit 0
exec "$program" post-receive

"""##),
    File(
      path: "hooks/status.git/pre-receive", isExecutable: true,
      text: ##"""
#!/bin/sh
# kubectl fleet: pre-receive of status.git
#
# Lets a cluster write refs/status/NAME and nothing else.
# stdin   lines "OLD NEW REF", as Git gives them to pre-receive
# env     FLEET_CLUSTER or FLEET_PRINCIPAL=cluster:NAME, set by the serving side; neither: trusted
# exit    0 accepted; anything else: refused
#
# Fails closed. Found in: $FLEET_LIBEXEC, then `git config fleet.libexec`, then $PATH.
libexec=$FLEET_LIBEXEC
# Thousands of statuses come in a minute, and to ask git takes as long as all the rest: git is asked when the
# setting cannot be read here, in the folder of the repository.
if [ -z "$libexec" ] && [ -r config ]; then
  while read -r key equals value; do
    [ "$key $equals" != 'libexec =' ] || libexec=$value
  done <config
  case $libexec in
    *\\*) libexec= ;;
    \"*\") libexec=${libexec#\"} libexec=${libexec%\"} ;;
  esac
fi
[ -x "$libexec/fleet-status-receive" ] || libexec=${FLEET_LIBEXEC:-$(git config --get fleet.libexec)}
program=${libexec:+$libexec/}fleet-status-receive
if ! command -v "$program" >/dev/null 2>&1; then
  echo "error: '$program' is not installed on the hub; the status is refused" >&2
  exit 2
fi
exec "$program"

"""##),
    File(
      path: "plugins/completion/kubectl-fleet.bash", isExecutable: false,
      text: ##"""
# bash completion of kubectl-fleet: source <(kubectl-fleet completion bash)
_kubectl_fleet() {
  local current=${COMP_WORDS[COMP_CWORD]} line directive=4
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) directive=${line#:} ;;
      ?*) COMPREPLY+=("${line%%$'\t'*}") ;;
    esac
  done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [ "$directive" = 16 ]; then
    mapfile -t COMPREPLY < <(compgen -d -- "$current")
    compopt -o filenames 2>/dev/null
  fi
}
complete -F _kubectl_fleet kubectl-fleet

"""##),
    File(
      path: "plugins/completion/kubectl-fleet.fish", isExecutable: false,
      text: ##"""
# fish completion of kubectl-fleet: kubectl-fleet completion fish | source
function __kubectl_fleet_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l answer (kubectl-fleet __complete $words[2..-1] 2>/dev/null)
    if test "$answer[-1]" = ":16"
        __fish_complete_directories (commandline -ct)
    else
        string match -v -r '^:\d+$' -- $answer
    end
end
complete -c kubectl-fleet -f -a '(__kubectl_fleet_complete)'

"""##),
    File(
      path: "plugins/completion/kubectl-fleet.zsh", isExecutable: false,
      text: ##"""
#compdef kubectl-fleet
# zsh completion of kubectl-fleet: kubectl-fleet completion zsh >"${fpath[1]}/_kubectl-fleet"
_kubectl-fleet() {
  local line directive=4
  local -a candidates
  for line in "${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      :*) directive=${line#:} ;;
      ?*) candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
    esac
  done
  if [[ $directive == 16 ]]; then
    _path_files -/
  else
    _describe 'kubectl-fleet' candidates
  fi
}
if [[ ${funcstack[1]} == _kubectl-fleet ]]; then
  _kubectl-fleet "$@"
else
  compdef _kubectl-fleet kubectl-fleet
fi

"""##),
    File(
      path: "plugins/kubectl_complete-fleet", isExecutable: true,
      text: ##"""
#!/bin/sh
# kubectl_complete-fleet WORD… - completes `kubectl fleet …`
#
# kubectl 1.26 and newer run this file from $PATH; the last word is the one that is being typed.
# output  a candidate a line, a tab before its description; at the end `:` and cobra's flags
exec kubectl-fleet __complete "$@"

"""##),
    File(
      path: "templates/fleet-repo/README.md", isExecutable: false,
      text: ##"""
# Fleet

What runs on every cluster. A push to `main` is checked, compiled for every cluster and refused when something is wrong.

| folder | what |
|---|---|
| `clusters/` | one entry per cluster, with labels |
| `groups/` | named selections of clusters |
| `gitrepos/` | which directories go to which clusters |
| `policy/` | limits that every push is judged by |
| `apps/` | what is deployed: one directory per bundle, with a `fleet.yaml` |

Before you push: `kubectl fleet check` finds mistakes, `kubectl fleet plan` shows what changes where, and
`kubectl fleet render apps/hello --cluster dev-1` what a directory deploys. A directory may also hold a chart or a
kustomization; values of each cluster are written like `${ .ClusterLabels.region }` under `helm.values`.

"""##),
    File(
      path: "templates/fleet-repo/apps/hello/configmap.yaml", isExecutable: false,
      text: ##"""
apiVersion: v1
kind: ConfigMap
metadata:
  name: hello
data:
  greeting: hello from the fleet

"""##),
    File(
      path: "templates/fleet-repo/apps/hello/fleet.yaml", isExecutable: false,
      text: ##"""
name: hello
defaultNamespace: hello

"""##),
    File(
      path: "templates/fleet-repo/clusters/dev.yaml", isExecutable: false,
      text: ##"""
apiVersion: fleet.cattle.io/v1alpha1
kind: Cluster
metadata:
  name: dev-1
  labels:
    env: dev
    region: local

"""##),
    File(
      path: "templates/fleet-repo/gitrepos/apps.yaml", isExecutable: false,
      text: ##"""
# Every directory below apps/ with a fleet.yaml is a bundle; all of them go to the group dev.
apiVersion: fleet.cattle.io/v1alpha1
kind: GitRepo
metadata:
  name: apps
spec:
  paths:
    - apps/*
  targets:
    - name: dev
      clusterGroup: dev

"""##),
    File(
      path: "templates/fleet-repo/groups/dev.yaml", isExecutable: false,
      text: ##"""
apiVersion: fleet.cattle.io/v1alpha1
kind: ClusterGroup
metadata:
  name: dev
spec:
  selector:
    matchLabels:
      env: dev

"""##),
    File(
      path: "templates/fleet-repo/policy/budget.yaml", isExecutable: false,
      text: ##"""
# What one push may do. Judged by the version before the push; a push option overrides one limit once.
apiVersion: fleet/v1
kind: Budget
metadata:
  name: default
spec:
  # Objects that one push may delete over the whole fleet, by kind.
  deletions:
    Namespace: 0
    PersistentVolumeClaim: 0
    CustomResourceDefinition: 0
  # Clusters that one push may take out of the inventory.
  clustersRemoved: 1

"""##),
    File(
      path: "templates/fleet-repo/policy/hub.yaml", isExecutable: false,
      text: ##"""
apiVersion: fleet/v1
kind: Hub
metadata:
  name: hub
spec:
  # allow, warn or refuse a Secret whose content stands in the repository.
  plaintextSecrets: warn
  # What happens at the site of a cluster that is taken out: keep or remove what runs there.
  whenClusterRemoved: keep
  # refuse, warn about or allow an object of a kind that no bundle and no cluster defines.
  unknownKinds: refuse
  # Programs 'fleet-check-NAME' that look at what every push deploys.
  # checks:
  #   - name: schema

"""##),
    File(
      path: "templates/fleet-repo/policy/rollouts.yaml", isExecutable: false,
      text: ##"""
# How changes reach the clusters. Without a policy a change is released everywhere at once.
# Take the '#' away to use one; every field stands in docs/rollouts.md of kubectl fleet.
#
# apiVersion: fleet/v1
# kind: RolloutPolicy
# metadata:
#   name: four-waves        # a fleet.yaml names it: 'rollout: {policy: four-waves}',
# spec:                     # the Hub for all others: 'rolloutPolicy: four-waves'
#   stages:                 # 'clusters' counts those of the stages before
#     - {name: canary, clusters: 1%, minSuccessTime: 30m}
#     - {name: early, clusters: 10%, minSuccessTime: 2h}
#     - {name: regional, clusters: 50%, minSuccessTime: 4h}
#     - {name: full, clusters: 100%}
#   maxFailures: 1%         # of the clusters of a stage, rounded down; more: everything goes back
#   progressDeadline: 2h    # how long a cluster may take
# ---
# apiVersion: fleet/v1
# kind: Schedule            # these clusters are released at night only
# metadata:
#   name: night
# spec:
#   schedule: 0 0 22 * * *  # second minute hour day month weekday
#   duration: 6h
#   location: Europe/Berlin
#   targets:
#     clusters:
#       - clusterSelector: {}
# ---
# apiVersion: fleet/v1
# kind: Freeze              # and nobody over Christmas
# metadata:
#   name: christmas
# spec:
#   from: 2026-12-20
#   until: 2026-12-27
#   location: Europe/Berlin
# ---
# apiVersion: fleet/v1
# kind: Notification
# metadata:
#   name: chat
# spec:
#   program: slack          # pagerduty, webhook
#   settings:
#     urlFile: /etc/kubectl-fleet/slack-url
#   events: [gate-failed, rolled-back, complete, stragglers]

"""##),
    File(
      path: "templates/hub/authorized_keys", isExecutable: false,
      text: ##"""
# One line per person in ~/.ssh/authorized_keys of the user who owns the hub. The forced command tells the hub who pushes;
# whoever may log in this way may read and push to all repositories of the hub, so this is not for clusters.
restrict,command="FLEET_PRINCIPAL=ada git-shell -c \"$SSH_ORIGINAL_COMMAND\"" ssh-ed25519 AAAA… ada

"""##),
    File(
      path: "templates/hub/fleet-cluster", isExecutable: true,
      text: ##"""
#!/bin/sh
# fleet-cluster NAME: what a cluster may do over ssh. The forced command of its key:
#   restrict,command="/usr/local/lib/fleet-cluster store-0001" ssh-ed25519 AAAA… store-0001
# Only the old protocol refuses ids that no ref names, so GIT_PROTOCOL is not passed on; with it every ref would be
# listed, so all but the cluster's own are hidden.
unset GIT_PROTOCOL
hub='{{HUB}}'
case $SSH_ORIGINAL_COMMAND in
  "git-upload-pack '$hub/slices.git'") kind=slices ;;
  "git-receive-pack '$hub/status.git'") kind=status ;;
  *)
    echo "error: this is not for clusters" >&2
    exit 1
    ;;
esac
# The hub takes the time of this file as the last contact.
touch "$hub/contacts/$1" 2>/dev/null
export FLEET_CLUSTER="$1" GIT_CONFIG_COUNT=2 \
  GIT_CONFIG_KEY_0=transfer.hideRefs GIT_CONFIG_VALUE_0=refs/ \
  GIT_CONFIG_KEY_1=transfer.hideRefs GIT_CONFIG_VALUE_1="!refs/$kind/$1"
exec git shell -c "$SSH_ORIGINAL_COMMAND"

"""##),
    File(
      path: "templates/hub/fleet-hub.cron", isExecutable: false,
      text: ##"""
# Finishes what a push began and reads the statuses. Install it for the user who owns the hub:
#   crontab {{HUB}}/fleet-hub.cron      (or copy the line into the crontab that you have)
* * * * * {{LIBEXEC}}/fleet-hub tick --hub {{HUB}} >>{{HUB}}/tick.log 2>&1
# Keeps the repositories small: packs what has come, drops what no cluster needs any more.
*/5 * * * * {{LIBEXEC}}/fleet-hub maintain --hub {{HUB}} >>{{HUB}}/maintain.log 2>&1
# For sites on bad lines that fetch over http: writes large slices as files, which are loaded in pieces.
# 17 * * * * {{LIBEXEC}}/fleet-hub bundles --hub {{HUB}} >>{{HUB}}/bundles.log 2>&1

"""##),
    File(
      path: "templates/hub/nginx-http.conf", isExecutable: false,
      text: ##"""
# For the http block of nginx, such as /etc/nginx/conf.d/fleet.conf; nginx.conf beside it uses what is said here.
# A line "TIME CLUSTER" for each poll that was answered: so the hub knows which clusters are there, without a push.
# An answer of 401 names whom anybody likes to name, so it counts for nothing.
log_format fleet_contact '$msec $remote_user';
map "$status $uri" $fleet_contact {
  default                                  0;
  "~^200 /(.*/)?slices\.git/info/refs$"    1;
}

"""##),
    File(
      path: "templates/hub/nginx.conf", isExecutable: false,
      text: ##"""
# Serves the hub over HTTP with git-http-backend. Needs nginx and fcgiwrap; put TLS before it. For a server block; what
# is in nginx-http.conf beside it must stand in the http block.
# REMOTE_USER tells the hub who pushes. People and clusters have passwords in different files and reach different
# repositories: a cluster's user name is its name, and it can write its own status and nothing else.
location = /hub.json {
  root {{HUB}};
}
# Slices in pieces, see 'fleet-hub bundles': a cluster gets its own file, whatever it asks for.
location ~ ^/bundles/[^/]+\.(?<fleet_piece>bundle|json)$ {
  auth_basic           "clusters";
  auth_basic_user_file {{HUB}}/clusters.htpasswd;
  alias                {{HUB}}/bundles/$remote_user.$fleet_piece;
}
location ~ ^/fleet\.git/ {
  auth_basic           "people";
  auth_basic_user_file {{HUB}}/people.htpasswd;
  client_max_body_size 256m;
  fastcgi_read_timeout 600;
  include              fastcgi_params;
  fastcgi_param        SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
  fastcgi_param        GIT_PROJECT_ROOT {{HUB}};
  fastcgi_param        GIT_HTTP_EXPORT_ALL 1;
  fastcgi_param        GIT_PROTOCOL $http_git_protocol;
  fastcgi_param        PATH_INFO $uri;
  fastcgi_param        REMOTE_USER $remote_user;
  fastcgi_pass         unix:/run/fcgiwrap.socket;
}
location ~ ^/(?<fleet_kind>slices|status)\.git/ {
  auth_basic           "clusters";
  auth_basic_user_file {{HUB}}/clusters.htpasswd;
  include              fastcgi_params;
  fastcgi_param        SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
  fastcgi_param        GIT_PROJECT_ROOT {{HUB}};
  fastcgi_param        GIT_HTTP_EXPORT_ALL 1;
  fastcgi_param        GIT_PROTOCOL $http_git_protocol;
  fastcgi_param        PATH_INFO $uri;
  fastcgi_param        REMOTE_USER $remote_user;
  fastcgi_param        FLEET_CLUSTER $remote_user;
  # A cluster sees its own refs and no others: a push is not answered with a list of the fleet.
  fastcgi_param        GIT_CONFIG_COUNT 2;
  fastcgi_param        GIT_CONFIG_KEY_0 transfer.hideRefs;
  fastcgi_param        GIT_CONFIG_VALUE_0 refs/;
  fastcgi_param        GIT_CONFIG_KEY_1 transfer.hideRefs;
  fastcgi_param        GIT_CONFIG_VALUE_1 !refs/$fleet_kind/$remote_user;
  access_log           {{HUB}}/contacts.log fleet_contact if=$fleet_contact;
  fastcgi_pass         unix:/run/fcgiwrap.socket;
}

"""##),
    File(
      path: "templates/site/cronjob.yaml", isExecutable: false,
      text: ##"""
# Keeps cluster {{CLUSTER}} at the state that its hub tells, by a CronJob. With a kubeconfig of the site:
#   kubectl fleet bootstrap {{CLUSTER}} --as cronjob --image IMAGE | kubectl apply -f -
# The image has fleet-sync, git and kubectl on its PATH; ssh or curl for the hub; helm for bundles that are rendered here; and
# for ssh a user 65532 in its /etc/passwd.
{{HUBSIDE}}
{{LIFE}}
---
apiVersion: v1
kind: Namespace
metadata:
  name: {{NAMESPACE}}
  labels:
    app.kubernetes.io/managed-by: kubectl-fleet-bootstrap
    pod-security.kubernetes.io/enforce: restricted
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: fleet-sync
  namespace: {{NAMESPACE}}
  labels:
    app.kubernetes.io/managed-by: kubectl-fleet-bootstrap
{{RBAC}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: fleet-sync
  namespace: {{NAMESPACE}}
  labels:
    app.kubernetes.io/managed-by: kubectl-fleet-bootstrap
spec:
  accessModes: [ReadWriteOnce]
  resources:
    requests:
      storage: 1Gi
---
apiVersion: batch/v1
kind: CronJob
metadata:
  name: fleet-sync
  namespace: {{NAMESPACE}}
  labels:
    app.kubernetes.io/managed-by: kubectl-fleet-bootstrap
spec:
  schedule: "* * * * *"
  # Two at once would only end with 75: the state folder has a lock.
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 50
  successfulJobsHistoryLimit: 1
  failedJobsHistoryLimit: 1
  jobTemplate:
    metadata:
      labels:
        app.kubernetes.io/managed-by: kubectl-fleet-bootstrap
    spec:
      # The next minute is the next try.
      backoffLimit: 0
      activeDeadlineSeconds: 3600
      template:
        metadata:
          labels:
            app.kubernetes.io/name: fleet-sync
        spec:
          serviceAccountName: fleet-sync
          restartPolicy: Never
          enableServiceLinks: false
          securityContext:
            runAsNonRoot: true
            runAsUser: 65532
            runAsGroup: 65532
            fsGroup: 65532
            fsGroupChangePolicy: OnRootMismatch
            seccompProfile:
              type: RuntimeDefault
          containers:
            - name: fleet-sync
              image: {{IMAGE}}
              command: {{COMMAND}}
              env:
                - name: HOME
                  value: /tmp
{{ENVIRONMENT}}
              resources:
                requests:
                  cpu: 10m
                  memory: 64Mi
                limits:
                  memory: 512Mi
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities:
                  drop: [ALL]
              volumeMounts:
                - name: state
                  mountPath: /var/lib/fleet-sync
                - name: tmp
                  mountPath: /tmp
                - name: hub
                  mountPath: /etc/fleet-sync
                  readOnly: true
          volumes:
            - name: state
              persistentVolumeClaim:
                claimName: fleet-sync
            - name: tmp
              emptyDir: {}
            - name: hub
              secret:
                secretName: fleet-sync-hub
                optional: true
                defaultMode: 0440

"""##),
    File(
      path: "templates/site/first.txt", isExecutable: false,
      text: ##"""
First take the cluster out of the inventory and push, and let fleet-sync run once more: only then goes what has to go
('whenRemoved: remove'), or is everything left to you ('keep', the default). If the cluster is still in the fleet, what runs
there stays as it is and nobody looks after it.

"""##),
    File(
      path: "templates/site/fleet-sync.cron", isExecutable: false,
      text: ##"""
# The cron job of cluster {{CLUSTER}}: each minute fetch, apply, prune, report. Written by 'kubectl fleet bootstrap'.
# Add it to the crontab of a user at the site who may change the cluster:
#   (crontab -l 2>/dev/null; cat fleet-sync.cron) | crontab -
# It needs fleet-sync and what that needs: git and kubectl, curl for a hub with http, helm for bundles that are rendered here.
{{HUBSIDE}}
{{LIFE}}
* * * * * {{COMMAND}} 2>&1 | logger -t fleet-sync

"""##),
    File(
      path: "templates/site/fleet-sync.service", isExecutable: false,
      text: ##"""
# Written by 'kubectl fleet bootstrap {{CLUSTER}}'; changes of your own belong into 'systemctl edit fleet-sync'.
[Unit]
Description=Apply what the fleet repository declares for {{CLUSTER}}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart={{COMMAND}}
# Hub or cluster out of reach: the next run tries again.
SuccessExitStatus=75
TimeoutStartSec=1h
StateDirectory=fleet-sync
StateDirectoryMode=0700
Environment=HOME=/var/lib/fleet-sync
{{ENVIRONMENT}}
UMask=0077
MemoryMax=512M
TasksMax=256
Nice=10

# Root without the rights of root: it reads root's kubeconfig and keys, and writes its own state.
CapabilityBoundingSet=
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
ProtectProc=invisible
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
PrivateTmp=yes
PrivateDevices=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RemoveIPC=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service

"""##),
    File(
      path: "templates/site/fleet-sync.timer", isExecutable: false,
      text: ##"""
# Written by 'kubectl fleet bootstrap {{CLUSTER}}'.
[Unit]
Description=Run fleet-sync every minute

[Timer]
OnBootSec=30
OnUnitActiveSec=60
AccuracySec=1
# A fleet does not call all at once: fleet-sync waits by itself, each cluster another time (--jitter).
RandomizedDelaySec=0

[Install]
WantedBy=timers.target

"""##),
    File(
      path: "templates/site/hub-folder.txt", isExecutable: false,
      text: ##"""
The hub is a folder of this machine, so there is nothing to do at the hub; the job must be able to read slices.git and
write status.git in it.

"""##),
    File(
      path: "templates/site/hub-http.txt", isExecutable: false,
      text: ##"""
At the hub, once: a password for the user that is called as the cluster is:
  htpasswd -B clusters.htpasswd {{CLUSTER}}
{{CREDENTIALS}}

"""##),
    File(
      path: "templates/site/hub-ssh.txt", isExecutable: false,
      text: ##"""
At the hub, once: the site's key with fleet-cluster (templates/hub/fleet-cluster) as its forced command, in the file
~/.ssh/authorized_keys of the hub's user:
  restrict,command="/usr/local/lib/fleet-cluster {{CLUSTER}}" ssh-ed25519 AAAA… {{CLUSTER}}
{{CREDENTIALS}}

"""##),
    File(
      path: "templates/site/install-systemd.sh", isExecutable: false,
      text: ##"""
#!{{SH}}
# Keeps cluster {{CLUSTER}} at the state that its hub tells, by a systemd timer. At the site, as root:
#   kubectl fleet bootstrap {{CLUSTER}} | ssh root@SITE sh
{{HUBSIDE}}
{{LIFE}}
set -eu
missing=
for program in {{PROGRAM}} git kubectl; do
  command -v "$program" >/dev/null || missing="$missing $program"
done
if [ -n "$missing" ]; then
  echo "error: not installed here:$missing" >&2
  exit 1
fi
set -- {{FILES}}
for file; do
  [ -r "$file" ] || echo "warning: there is no '$file' yet" >&2
done
cat >/etc/systemd/system/fleet-sync.service <<'UNIT'
{{SERVICE}}
UNIT
cat >/etc/systemd/system/fleet-sync.timer <<'UNIT'
{{TIMER}}
UNIT
systemctl daemon-reload
systemctl enable --now fleet-sync.timer
echo "fleet-sync runs each minute: journalctl -u fleet-sync"

"""##),
    File(
      path: "templates/site/life.txt", isExecutable: false,
      text: ##"""
New programs: put them in the place of the old ones, whenever you like; one older or newer than the hub's works.
New bundles, hub or options: run 'kubectl fleet bootstrap' again and apply what it prints.
Taking the cluster out of the fleet: remove it from the inventory and push. What runs there stays, unless 'whenRemoved' of the
Cluster says 'remove'. When 'kubectl fleet status' says that it is gone: kubectl fleet bootstrap {{CLUSTER}} {{AS}}--uninstall

"""##),
    File(
      path: "templates/site/uninstall-cron.sh", isExecutable: false,
      text: ##"""
#!{{SH}}
# Takes fleet-sync of cluster {{CLUSTER}} out of this user's crontab. At the site:
#   kubectl fleet bootstrap {{CLUSTER}} --as cron --uninstall | ssh SITE sh
{{FIRST}}
set -eu
crontab -l 2>/dev/null | grep -v -e 'fleet-sync --cluster {{CLUSTER}} ' | crontab -
rm -rf {{STATE}}

"""##),
    File(
      path: "templates/site/uninstall-cronjob.sh", isExecutable: false,
      text: ##"""
#!{{SH}}
# Takes fleet-sync of cluster {{CLUSTER}} out of the cluster. With a kubeconfig of the site:
#   kubectl fleet bootstrap {{CLUSTER}} --as cronjob --uninstall | sh
{{FIRST}}
set -eu
made=app.kubernetes.io/managed-by=kubectl-fleet-bootstrap
kubectl delete cronjobs,jobs,persistentvolumeclaims,serviceaccounts -n {{NAMESPACE}} -l "$made" --ignore-not-found --wait=false
kubectl delete rolebindings,roles -A -l "$made" --ignore-not-found --wait=false
kubectl delete clusterrolebindings,clusterroles -l "$made" --ignore-not-found --wait=false
# The namespace stays: in it stands what fleet-sync has applied. Without that record everything it applied is left
# where it is, and nobody's. If that is meant: kubectl delete namespace {{NAMESPACE}}

"""##),
    File(
      path: "templates/site/uninstall-systemd.sh", isExecutable: false,
      text: ##"""
#!{{SH}}
# Takes fleet-sync of cluster {{CLUSTER}} away from this site. At the site, as root:
#   kubectl fleet bootstrap {{CLUSTER}} --uninstall | ssh root@SITE sh
{{FIRST}}
set -eu
systemctl disable --now fleet-sync.timer 2>/dev/null || true
systemctl stop fleet-sync.service 2>/dev/null || true
rm -f /etc/systemd/system/fleet-sync.service /etc/systemd/system/fleet-sync.timer
systemctl daemon-reload
rm -rf /var/lib/fleet-sync
echo "gone; keys and the kubeconfig are yours to remove: /etc/fleet-sync"

"""##),
  ]
}
