#!/bin/sh
# Keeps cluster store-1 at the state that its hub tells, by a systemd timer. At the site, as root:
#   kubectl fleet bootstrap store-1 | ssh root@SITE sh
# At the hub, once: a password for the user that is called as the cluster is:
#   htpasswd -B clusters.htpasswd store-1
# At the hub, once: the site's key with fleet-cluster (templates/hub/fleet-cluster) as its forced command, in the file
# ~/.ssh/authorized_keys of the hub's user:
#   restrict,command="/usr/local/lib/fleet-cluster store-1" ssh-ed25519 AAAA… store-1
# At the site, once: /etc/fleet-sync/git-credentials, /etc/fleet-sync/ssh-key, /etc/fleet-sync/known_hosts
#   git-credentials has two lines: username=store-1 and password=WORD
# New programs: put them in the place of the old ones, whenever you like; one older or newer than the hub's works.
# New bundles, hub or options: run 'kubectl fleet bootstrap' again and apply what it prints.
# Taking the cluster out of the fleet: remove it from the inventory and push. What runs there stays, unless 'whenRemoved' of the
# Cluster says 'remove'. When 'kubectl fleet status' says that it is gone: kubectl fleet bootstrap store-1 --uninstall
set -eu
missing=
for program in /usr/local/bin/fleet-sync git kubectl; do
  command -v "$program" >/dev/null || missing="$missing $program"
done
if [ -n "$missing" ]; then
  echo "error: not installed here:$missing" >&2
  exit 1
fi
set -- /etc/fleet-sync/kubeconfig /etc/fleet-sync/git-credentials /etc/fleet-sync/ssh-key /etc/fleet-sync/known_hosts
for file; do
  [ -r "$file" ] || echo "warning: there is no '$file' yet" >&2
done
cat >/etc/systemd/system/fleet-sync.service <<'UNIT'
# Written by 'kubectl fleet bootstrap store-1'; changes of your own belong into 'systemctl edit fleet-sync'.
[Unit]
Description=Apply what the fleet repository declares for store-1
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=/usr/local/bin/fleet-sync --cluster store-1 --hub https://mirror.example.org/slices.git --hub https://hub.example.org/fleet --hub ssh://fleet@hub.example.org/srv/fleet --state /var/lib/fleet-sync --kubeconfig /etc/fleet-sync/kubeconfig --jitter 45s
# Hub or cluster out of reach: the next run tries again.
SuccessExitStatus=75
TimeoutStartSec=1h
StateDirectory=fleet-sync
StateDirectoryMode=0700
Environment=HOME=/var/lib/fleet-sync
Environment="GIT_CONFIG_COUNT=1"
Environment="GIT_CONFIG_KEY_0=credential.helper"
Environment="GIT_CONFIG_VALUE_0=!f() { test $1 = get && cat /etc/fleet-sync/git-credentials; }; f"
Environment="GIT_SSH_COMMAND=ssh -i /etc/fleet-sync/ssh-key -o IdentitiesOnly=yes -o BatchMode=yes -o UserKnownHostsFile=/etc/fleet-sync/known_hosts"
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
UNIT
cat >/etc/systemd/system/fleet-sync.timer <<'UNIT'
# Written by 'kubectl fleet bootstrap store-1'.
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
UNIT
systemctl daemon-reload
systemctl enable --now fleet-sync.timer
echo "fleet-sync runs each minute: journalctl -u fleet-sync"
