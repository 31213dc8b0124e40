#!{{SH}}
# Takes fleet-sync of cluster {{CLUSTER}} out of this user's crontab. At the site:
#   kubectl fleet bootstrap {{CLUSTER}} --as cron --uninstall | ssh SITE sh
{{FIRST}}
set -eu
crontab -l 2>/dev/null | grep -v -e 'fleet-sync --cluster {{CLUSTER}} ' | crontab -
rm -rf {{STATE}}
