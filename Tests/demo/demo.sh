#!/bin/sh
# demo.sh BIN - the main job on a fleet of 2,500 shops, told as a story
#
# BIN             the folder with the programs, .build/release
# DEMO_DIR        where it happens (default: a new folder below ${TMPDIR:-/tmp}); it is kept
# DEMO_SHOPS      how many shops (default 2500)
# DEMO_KUBECONFIG a kubeconfig: one shop is then synced into that cluster for real. Without it no
#                 cluster is touched, whatever kubectl's own context is.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "${1:-$here/../../.build/release}" && pwd)
for program in kubectl-fleet fleet-hub fleet-sync fleet-pre-receive fleet-post-receive \
  fleet-status-receive; do
  [ -x "$bin/$program" ] || { echo "demo: '$bin/$program' is not built: make build" >&2; exit 1; }
done
shops=${DEMO_SHOPS:-2500}
case $shops in '' | *[!0-9]*) echo "demo: DEMO_SHOPS is a number" >&2; exit 64 ;; esac
[ "$shops" -ge 25 ] || { echo "demo: DEMO_SHOPS is at least 25" >&2; exit 64; }
kubeconfig=${DEMO_KUBECONFIG:-}
if [ -n "$kubeconfig" ]; then
  [ -r "$kubeconfig" ] || { echo "demo: cannot read '$kubeconfig'" >&2; exit 1; }
  command -v kubectl >/dev/null || { echo "demo: DEMO_KUBECONFIG needs kubectl" >&2; exit 1; }
  kubeconfig=$(cd "$(dirname "$kubeconfig")" && pwd)/$(basename "$kubeconfig")
fi
if [ -n "${DEMO_DIR:-}" ]; then
  mkdir -p "$DEMO_DIR"
  dir=$(cd "$DEMO_DIR" && pwd)
  [ -z "$(ls -A "$dir")" ] || { echo "demo: '$dir' is not empty" >&2; exit 1; }
else
  dir=$(mktemp -d "${TMPDIR:-/tmp}/fleet-demo.XXXXXX")
fi
trap 'echo; echo "demo: stopped; what is there is in $dir" >&2; exit 130' INT TERM HUP

# Nothing of the user's own settings: another git configuration, another kubectl context.
real_home=${HOME:-/}
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_NAMESPACE GIT_CONFIG_COUNT \
  GIT_CONFIG_PARAMETERS FLEET_HUB FLEET_LIBEXEC FLEET_PRINCIPAL FLEET_CLUSTER REMOTE_USER
mkdir "$dir/home"
export HOME="$dir/home" XDG_CONFIG_HOME="$dir/home" KUBECONFIG=/dev/null LC_ALL=C.UTF-8
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_PAGER=cat GIT_TERMINAL_PROMPT=0
export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.com
export GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.com
export PATH="$bin:$PATH"
# `kubectl fleet` is kubectl-fleet; the demo needs no kubectl.
command -v kubectl >/dev/null 2>&1 || kubectl() { shift; kubectl-fleet "$@"; }

tty=
if [ -t 1 ]; then tty=yes; fi
say() { printf '\n%s\n' "$*"; }
number() { echo "$1" | sed -e ':a' -e 's/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/;ta'; }
progress() { [ -z "$tty" ] || printf '\r\033[K    %s' "$*"; }
done_progress() { [ -z "$tty" ] || printf '\r\033[K'; }

# run WANTED COMMAND…: shows a command and, of what it says, the lines that match the pattern WANTED,
# each with those that belong to it (indented deeper); not those when it begins with =.
# What the command returned is in $status. Lines that end in … are progress.
run() {
  wanted=${1#=} deeper=yes
  [ "$wanted" = "$1" ] || deeper=
  shift
  printf '  $ %s\n' "$*"
  {
    code=0
    "$@" || code=$?
    echo "$code" >"$dir/.status"
  } 2>&1 | tee -a "$dir/demo.log" | {
    depth=none
    while IFS= read -r line; do
      line=$(printf '%s' "$line" | sed 's/^remote: \{0,1\}//; s/ *$//')
      case $line in
        *' …') progress "$line"; continue ;;
      esac
      indent=${line%%[! ]*}
      if [ "$depth" = none ] || [ -z "$deeper" ] || [ "${#indent}" -le "$depth" ]; then
        depth=none
        if printf '%s' "$line" | grep -qE "$wanted"; then depth=${#indent}; fi
      fi
      if [ "$depth" != none ]; then
        done_progress
        printf '    %s\n' "$line"
      fi
    done
    done_progress
  }
  read -r status <"$dir/.status"
}
expect() { # STATUS: the demo never tells a story that did not happen
  [ "$status" = "$1" ] || { echo "demo: ended with $status, not $1; see $dir" >&2; exit 1; }
}
# A change is committed and shown: what was there, what is there.
change() { # MESSAGE [FILE]
  git commit -qam "$1"
  printf "  $ git commit -am '%s'\n" "$1"
  git diff -U0 HEAD~ -- "${2:-.}" | sed -n '/^[-+] /{s/^\([-+]\) */    \1 /;p;}'
}
undo() { git reset -q --hard origin/main; }

echo "kubectl fleet keeps $(number "$shops") shops at the state that a Git repository declares."
echo "It happens in $dir; what the programs say is shortened here, demo.log there has all of it."

step=0
next() { # TITLE
  step=$((step + 1))
  say "$step. $1"
}

next 'The fleet is a Git repository: a file per cluster, groups, bundles, limits.'
mkdir "$dir/shops"
cd "$dir/shops"
progress "writing $shops shops"
sh "$here/make-fleet.sh" . "$shops"
git init -q -b main
git add -A
git commit -qm 'Open the shops'
done_progress
run '^ok' kubectl fleet check
expect 0

next 'The hub is a folder of bare repositories with hooks: no controller, no database.'
run '^made the hub' kubectl fleet init --hub ../hub
expect 0
run '^success' git push origin main
expect 0

next 'A typo in a label would take the screens from every larger shop. The push is refused.'
sed -i 's/key: size,/key: siez,/' gitrepos/signage.yaml
change 'Tidy the targets'
run '=^error: [gp]|^hint: did' git push origin main
expect 1
undo

next 'A tidy name for a volume would throw away the stock of every shop. Refused as well.'
sed -i 's/  name: stock-data/  name: inventory-data/' apps/inventory/volume.yaml
sed -i 's/claimName: stock-data/claimName: inventory-data/' apps/inventory/app.yaml
change 'Name the volume like its app' apps/inventory/volume.yaml
run '=^error: [tp]' git push origin main
expect 1
undo

next 'A new till. What it does, and where, is known before the push; then it goes out.'
sed -i 's/point-of-sale:4.2.0/point-of-sale:4.3.0/' apps/point-of-sale/app.yaml
change 'Till 4.3.0'
run 'clusters: ' kubectl fleet plan
run '^success' git push origin main
expect 0

release=2
if [ -n "${FLEET_HELM:-$(command -v helm || :)}" ]; then
  next 'A chart with values of each shop: rendered once for each set of values, not for each shop.'
  mkdir -p apps/receipts/templates
  cat >apps/receipts/Chart.yaml <<'YAML'
apiVersion: v2
name: receipts
version: 1.0.0
YAML
  cat >apps/receipts/fleet.yaml <<'YAML'
name: receipts
defaultNamespace: shop
helm:
  values:
    region: ${ .ClusterLabels.region }
YAML
  cat >apps/receipts/templates/receipts.yaml <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata:
  name: receipts
data:
  region: {{ .Values.region }}
YAML
  git add -A
  run . tail -n 1 apps/receipts/fleet.yaml
  run '^bundle' kubectl fleet target receipts
  git commit -qm 'Receipts'
  run '^success' git push origin main
  expect 0
  release=3
fi

next 'Each shop fetches its slice and applies it: twenty of them, here into folders.'
cd "$dir"
mkdir sites state
pilot='store-0831'
[ "$shops" -ge 831 ] || pilot='store-0020'
run . fleet-sync --cluster $pilot --hub hub --state state/$pilot --target dir:sites/$pilot
expect 0
i=1
while [ "$i" -lt 20 ]; do
  store=$(printf 'store-%04d' "$i")
  progress "$store, $i of 19 more"
  fleet-sync --cluster "$store" --hub hub --state "state/$store" --target "dir:sites/$store" \
    >>demo.log 2>&1 || { echo "demo: $store was not synced; see $dir/demo.log" >&2; exit 1; }
  i=$((i + 1))
done
done_progress
if [ -n "$kubeconfig" ]; then
  say "And store-0020 into the cluster of $kubeconfig, for real:"
  HOME=$real_home
  run . fleet-sync --cluster store-0020 --hub hub --state state/store-0020 --kubeconfig "$kubeconfig"
  run . kubectl --kubeconfig "$kubeconfig" -n shop get deployments,pvc
  echo '  (kubectl delete namespace shop signage kubectl-fleet-system takes it away again)'
  HOME=$dir/home
fi
fleet-hub tick --hub hub >>demo.log
cd shops
run "^release $release,|^[0-9]+ of " kubectl fleet status
expect 0

cat <<END

Next: cd '$dir/shops' && export PATH="$bin:\$PATH"
  kubectl fleet explain point-of-sale $pilot      why a shop gets a bundle
  kubectl fleet show $pilot --bundle inventory    what it runs, as manifests
  git -C ../hub/fleet.git log refs/fleet/state        every release, who and why
END
