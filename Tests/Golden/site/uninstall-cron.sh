#!/bin/sh
# Takes fleet-sync of cluster store-1 out of this user's crontab. At the site:
#   kubectl fleet bootstrap store-1 --as cron --uninstall | ssh SITE sh
# First take the cluster out of the inventory and push, and let fleet-sync run once more: only then goes what has to go
# ('whenRemoved: remove'), or is everything left to you ('keep', the default). If the cluster is still in the fleet, what runs
# there stays as it is and nobody looks after it.
set -eu
crontab -l 2>/dev/null | grep -v -e 'fleet-sync --cluster store-1 ' | crontab -
rm -rf "$HOME/.fleet-sync"
