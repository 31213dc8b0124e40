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
