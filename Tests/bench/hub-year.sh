#!/bin/sh
# hub-year.sh BIN - what statuses cost the hub, and how large its repositories become
#
# BIN             the folder with the programs, .build/release (fleet-bench among them)
# BENCH_SIZES     numbers of clusters for the burst (default "2500 10000")
# BENCH_PUSHES    status pushes of a burst (default 2500)
# BENCH_CLUSTERS  clusters of the simulated hub (default 10000)
# BENCH_WEEKS     how many weeks are simulated (default 3); a year is 52
# BENCH_REPORTS   sites report in every so manieth week, and in the last (default 1: in each). What a week costs
#                 is told of those. A year of reports takes six hours, with BENCH_REPORTS=13 one and a half
# BENCH_VARIANTS  in how many kinds clusters differ (default 50)
# BENCH_DIR as in bench.sh
#
# The burst is real: what 2,500 sites send is received by `git receive-pack` in status.git with its hooks, as
# many at once as there are processors, beside the same requests to the same repository without hooks. The sites'
# half of a push is made before. The weeks are simulated: 20 rollouts a week in four stages, 2 % of the
# clusters reporting a change each day, a tenth of them each hour; the objects, refs, digests and `maintain`
# (once a simulated hour) are real, the pushes are left out. Exit: 0.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "${1:-$here/../../.build/release}" && pwd)
BENCH_RUNS=1
. "$here/common.sh"
pushes=${BENCH_PUSHES:-2500}

cp "$bin/fleet-status-receive" "$dir/libexec/own"
rm "$dir/libexec/fleet-status-receive"
mv "$dir/libexec/own" "$dir/libexec/fleet-status-receive"
cat >"$dir/libexec/fleet-hub" <<END
#!/bin/sh
exec "$bin/fleet-bench" measure "$dir/runner" "$bin/fleet-hub" "\$@"
END
chmod +x "$dir/libexec/fleet-hub"

# requests LIST FOLDER: what a site sends for each line `COMMIT OLD NAME`, as git-http-backend hands it on; in the
# repository here.
requests() {
  while read -r commit old name; do
    line="$old $commit refs/status/$name"
    {
      printf '%04x%s\0 report-status\n0000' $((${#line} + 20)) "$line"
      printf '%s\n' "$commit" "$commit^{tree}" | git pack-objects --revs --stdout -q
    } >"$2/$name"
  done <"$1"
}

# burst REPOSITORY FOLDER: lets the repository receive each request, as many at once as there are processors.
burst() {
  # shellcheck disable=SC2016 # for the inner shell
  (cd "$2" && ls) | xargs -P "$(getconf _NPROCESSORS_ONLN)" -n 25 sh -c '
    repository=$1; requests=$2; shift 2
    for name; do
      FLEET_CLUSTER=$name git -c receive.hideRefs=refs/ -c "receive.hideRefs=!refs/status/$name" \
        receive-pack --stateless-rpc "$repository" <"$requests/$name" >"$requests.said-$$" 2>&1
      grep -q "^....ok refs/status/$name" "$requests.said-$$" || { cat "$requests.said-$$" >&2; exit 255; }
    done' - "$1" "$2"
}

row "a burst of $pushes status pushes" ours 'no hooks' ratio 'to reach'
for size in ${BENCH_SIZES:-2500 10000}; do
  say "$size clusters: making the hub"
  "$bin/fleet-bench" year "$dir/hub" "$size" 0 >/dev/null
  git -C "$dir/hub/status.git" config fleet.libexec "$dir/libexec"
  "$bin/fleet-hub" maintain --hub "$dir/hub" >/dev/null
  git -C "$dir/hub/status.git" pack-refs --all
  "$bin/fleet-bench" digest "$dir/hub" >"$dir/digest-$size"
  cp -R "$dir/hub/status.git" "$dir/site.git"
  cp -R "$dir/hub/status.git" "$dir/plain.git"
  rm -r "$dir/plain.git/hooks"
  cd "$dir/site.git"
  git for-each-ref --format='%(tree) %(objectname) %(refname:lstrip=2)' refs/status | head -n "$pushes" >"$dir/trees"
  while read -r tree old name; do
    echo "$(git commit-tree -m "status $name" "$tree") $old $name"
  done <"$dir/trees" >"$dir/list"
  say "$size clusters: making the requests"
  rm -rf "$dir/requests"
  mkdir "$dir/requests"
  requests "$dir/list" "$dir/requests"
  "$bin/fleet-hub" tick --hub "$dir/hub" >/dev/null
  : >"$dir/runner"; : >"$dir/hub/observed.superseded"
  for what in plain ours; do
    say "$size clusters: $pushes pushes, $what"
    if [ $what = plain ]; then to=$dir/plain.git; else to=$dir/hub/status.git; fi
    start=$(date +%s%N)
    burst "$to" "$dir/requests"
    echo $((($(date +%s%N) - start) / 1000000)) >"$dir/time-$what"
  done
  while [ -e "$dir/hub/status-dirty" ] || ! flock -n "$dir/hub/runner-lock" true; do sleep 0.2; done
  ours=$(cat "$dir/time-ours")
  floor=$(cat "$dir/time-plain")
  row "$size clusters, wall" "$ours ms" "$floor ms" "$(ratio "$ours" "$floor")x"
  row "$size clusters, a push" "$(ratio "$ours" "$pushes") ms" "$(ratio "$floor" "$pushes") ms"
  row "$size clusters, cpu of all looks" "$(awk '{ s += $3 } END { print s + 0 }' "$dir/runner") ms" '' '' \
    "$(cut -d ' ' -f 1 "$dir/hub/observed.superseded" | sort -u | wc -l) looks for $pushes pushes"
  awk -v n="$size" '{ printf "%s clusters, digest: %s %s ms wall, %s ms cpu\n", n, $1, $2, $3 }' "$dir/digest-$size" |
    grep -v -e new-statuses -e 'digest: clusters'
  rm -rf "$dir/hub" "$dir/site.git" "$dir/plain.git"
done

echo
weeks=${BENCH_WEEKS:-3}
clusters=${BENCH_CLUSTERS:-10000}
reports=${BENCH_REPORTS:-1}
echo "a hub of $clusters clusters, 10 bundles, ${BENCH_VARIANTS:-50} kinds of clusters, over $weeks simulated weeks"
"$bin/fleet-bench" year "$dir/hub" "$clusters" "$weeks" "${BENCH_VARIANTS:-50}" "$reports" | tee "$dir/weeks"
# Of the weeks in which sites reported, a digest and `maintain` an hour.
awk -v clusters="$clusters" 'NR == 1 { next }
  { grown = $2 - last; last = $2 + 0; slices = $3 > slices ? $3 + 0 : slices; status = $4 > status ? $4 + 0 : status }
  $6 > 2 * clusters { n++; statuses += $6; maintain += $7; digest += $8 }
  END {
    printf "fleet.git grows by %d MiB a week, the history; slices.git had %d MiB and status.git %d MiB at most\n",
      grown, slices, status
    if (n) printf "a week of %d statuses: maintain %d s of CPU, digests %d s; in a year %.1f and %.1f hours\n",
      statuses / n, maintain / n, digest / n, maintain / n * 52 / 3600, digest / n * 52 / 3600
  }' "$dir/weeks"
