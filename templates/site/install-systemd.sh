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
