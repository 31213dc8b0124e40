#!/bin/sh
# charts.sh BIN - measures what charts cost the hub, beside a shell loop that calls helm for each cluster
#
# BIN              the folder with the programs, .build/release (fleet-bench among them)
# BENCH_CLUSTERS   how many clusters (default 2500)
# BENCH_LOOP       how many clusters the shell loop is really run for (default 60); its time for all of
#                  them is that of one call times their number
# BENCH_RUNS, BENCH_DIR as in bench.sh; of a value for each cluster there is one run, it takes minutes
#
# The loop and our pushes take turns, so that what else happens on the machine meets both. All children of
# the hooks are counted, by a script in the place of helm. Exit: 1 when a child ran where none may, else 0.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "${1:-$here/../../.build/release}" && pwd)
clusters=${BENCH_CLUSTERS:-2500}
loop=${BENCH_LOOP:-60}
helm=$(command -v "${FLEET_HELM:-helm}") || { echo 'bench: helm is not there' >&2; exit 1; }
. "$here/common.sh"

cat >"$dir/helm" <<END
#!/bin/sh
echo "\$1" >>"$dir/children"
exec "$helm" "\$@"
END
chmod +x "$dir/helm"
export FLEET_HELM="$dir/helm"

# children: how many renderings were made since the file was emptied; questions for the version not counted.
children() { grep -c template "$dir/children" || true; }
no_children() { # WHAT
  [ ! -s "$dir/children" ] || { echo "bench: $1: $(wc -l <"$dir/children") children ran, none may" >&2; exit 1; }
}

# naive CHART VALUES COUNT: the loop, for COUNT clusters; adds `wall cpu` in ms for one call to naive.
naive() {
  : >"$dir/push"
  # shellcheck disable=SC2016 # the inner shell's own variables
  "$bin/fleet-bench" measure "$dir/push" sh -c '
    n=0
    while [ "$n" -lt "$4" ]; do
      n=$((n + 1))
      "$1" template web "$2" -f "$3/$n.yaml" >/dev/null || exit 1
    done
  ' sh "$helm" "$1" "$2" "$3"
  awk -v n="$3" '{ print $2 / n, $3 / n }' "$dir/push" >>"$dir/naive"
}
naive_median() { # COLUMN: of the loop for all clusters
  awk -v c="$1" '{ print $c }' "$dir/naive" | median | awk -v n="$clusters" '{ printf "%.0f", $1 * n }'
}

# make_source FOLDER CHART VALUES: the source of a fleet that gets one chart, and in FOLDER-values what the loop
# gives to helm for the same clusters.
make_source() {
  cp -R "$dir/fleet" "$1"
  mkdir "$1/apps"
  cp -R "$2" "$1/apps/web"
  { printf 'name: web\ndefaultNamespace: web\nhelm:\n  releaseName: web\n'; cat "$3"; } >"$1/apps/web/fleet.yaml"
  mkdir "$1-values"
  n=0
  while [ "$n" -lt "$loop" ]; do
    n=$((n + 1))
    printf 'shop:\n  size: small\ningress:\n  host: store-%s.example.com\n' "$n" >"$1-values/$n.yaml"
  done
  cd "$1"
  git init -q -b main
  commit first
}
commit() { git add -A; git commit -qm "$1"; }

# first FOLDER CHART NAME RUNS TARGET: the first push, into an empty hub, against the loop.
first() {
  cd "$1"
  : >"$dir/naive"; : >"$dir/wall"; : >"$dir/cpu"
  part=$((loop / ($4 + 1)))
  [ "$part" -gt 0 ] || part=1
  naive "$2" "$1-values" "$part"
  run=0
  while [ "$run" -lt "$4" ]; do
    run=$((run + 1))
    say "$3: first push, $run of $4"
    new_hub "$1-hub"
    : >"$dir/children"
    push
    sum 2 >>"$dir/wall"; echo >>"$dir/wall"
    sum 3 >>"$dir/cpu"; echo >>"$dir/cpu"
    naive "$2" "$1-values" "$part"
  done
  for kind in wall cpu; do
    ours=$(median <"$dir/$kind")
    floor=$(naive_median "$([ $kind = wall ] && echo 1 || echo 2)")
    times=$(ratio "$floor" "$ours")
    target=
    [ $kind = cpu ] || [ -z "$5" ] || target="at least ${5}x: $(verdict "$5" "$times")"
    row "$3, first push, $kind ($(children) children)" "$ours ms" "$floor ms" "${times}x" "$target"
  done
}

# second FOLDER NAME: a line changes in a plain bundle beside the chart, in a hub that knows the chart.
second() {
  cd "$1"
  : >"$dir/children"
  cp -R "$dir/plain/apps/." apps
  commit 'plain bundles'
  push
  no_children "$2, new plain bundles"
  : >"$dir/wall"; : >"$dir/cpu"; : >"$dir/plain-wall"; : >"$dir/plain-cpu"
  run=0
  while [ "$run" -lt "$runs" ]; do
    run=$((run + 1))
    say "$2: second push, $run of $runs"
    for what in plain ours; do
      if [ $what = plain ]; then cd "$dir/plain"; else cd "$1"; fi
      changes=$((changes + 1))
      sed -i "s/greeting: .*/greeting: \"hello $changes\"/" apps/app-07/app.yaml
      commit line
      push
      case $what in plain) to=plain-;; *) to=;; esac
      sum 2 >>"$dir/${to}wall"; echo >>"$dir/${to}wall"
      sum 3 >>"$dir/${to}cpu"; echo >>"$dir/${to}cpu"
    done
  done
  no_children "$2, one line in a plain bundle"
  for kind in wall cpu; do
    ours=$(median <"$dir/$kind")
    floor=$(median <"$dir/plain-$kind")
    row "$2, one plain line, $kind (no child)" "$ours ms" "$floor ms" "$(ratio "$ours" "$floor")x" ''
  done
}
changes=0

say 'writing the sources'
sh "$here/../demo/make-fleet.sh" "$dir/plain" "$clusters" 10
rm -r "$dir/plain/gitrepos/signage.yaml" "$dir/plain/signage"
cp -R "$dir/plain" "$dir/fleet"
rm -r "$dir/fleet/apps"
cd "$dir/plain"
git init -q -b main
commit first
new_hub "$dir/plain-hub"
push

# Four variants: three sizes by a template, and the canaries.
cat >"$dir/four.yaml" <<'END'
  values:
    shop:
      size: ${ .ClusterLabels.size }
targetCustomizations:
  - name: canary
    clusterGroup: canary
    helm:
      values:
        image:
          tag: "2.8.0"
END
# A value of its own for each cluster.
cat >"$dir/unique.yaml" <<'END'
  values:
    shop:
      size: ${ .ClusterLabels.size }
    ingress:
      host: ${ .ClusterName }.example.com
END
# Fifty templates more: the settings again and again.
cp -R "$here/chart" "$dir/large"
n=0
while [ "$n" -lt 50 ]; do
  n=$((n + 1))
  sed "/^  name:/s/\$/-$n/" "$here/chart/templates/config.yaml" >"$dir/large/templates/config-$n.yaml"
done

echo "floor: 'for c in …; do helm template web chart -f values-\$c.yaml; done', $loop calls scaled to $clusters"
row "charts for $clusters clusters" ours loop ratio 'to reach'
make_source "$dir/four" "$here/chart" "$dir/four.yaml"
first "$dir/four" "$here/chart" '4 variants' "$runs" 500
make_source "$dir/fifty" "$dir/large" "$dir/four.yaml"
first "$dir/fifty" "$dir/large" '4 variants, 50 templates' "$runs" ''
peak_small=$peak
peak=0
make_source "$dir/unique" "$here/chart" "$dir/unique.yaml"
first "$dir/unique" "$here/chart" 'a value for each' 1 1.8
row 'largest memory of a hook: 4 variants' "$((peak_small / 1024)) MiB"
row 'largest memory of a hook: a value for each' "$((peak / 1024)) MiB"

echo
row 'second push, one line in a plain bundle' ours 'no chart' ratio 'to reach'
second "$dir/four" '4 variants'
second "$dir/unique" 'a value for each'
row 'children that ran in these' 0 '' '' 'none: reached'

echo
row 'kubectl fleet render, one chart' ours 'helm template' ratio
unset FLEET_HELM
export XDG_CACHE_HOME="$dir/desk"
: >"$dir/first"; : >"$dir/again"; : >"$dir/helm-record"
run=0
while [ "$run" -lt $((runs * 2)) ]; do
  run=$((run + 1))
  rm -rf "$XDG_CACHE_HOME"
  cd "$here/chart"
  "$bin/fleet-bench" measure "$dir/helm-record" "$helm" template web . >/dev/null
  "$bin/fleet-bench" measure "$dir/first" "$bin/kubectl-fleet" render . >/dev/null
  "$bin/fleet-bench" measure "$dir/again" "$bin/kubectl-fleet" render . >/dev/null
done
for kind in wall cpu; do
  column=$([ $kind = wall ] && echo 2 || echo 3)
  floor=$(awk -v c="$column" '{ print $c }' "$dir/helm-record" | median)
  for what in first again; do
    ours=$(awk -v c="$column" '{ print $c }' "$dir/$what" | median)
    row "$what, $kind" "$ours ms" "$floor ms" "$(ratio "$ours" "$floor")x"
  done
done
