#!/bin/sh
# Takes fleet-sync of cluster store-1 away from this site. At the site, as root:
#   kubectl fleet bootstrap store-1 --uninstall | ssh root@SITE sh
# First take the cluster out of the inventory and push, and let fleet-sync run once more: only then goes what has to go
# ('whenRemoved: remove'), or is everything left to you ('keep', the default). If the cluster is still in the fleet, what runs
# there stays as it is and nobody looks after it.
set -eu
systemctl disable --now fleet-sync.timer 2>/dev/null || true
systemctl stop fleet-sync.service 2>/dev/null || true
rm -f /etc/systemd/system/fleet-sync.service /etc/systemd/system/fleet-sync.timer
systemctl daemon-reload
rm -rf /var/lib/fleet-sync
echo "gone; keys and the kubeconfig are yours to remove: /etc/fleet-sync"
