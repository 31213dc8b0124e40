#!/bin/sh
# bench.sh BIN - measures the hub and the site, each figure beside a floor from the same run
#
# BIN          the folder with the programs, .build/release (fleet-bench among them)
# BENCH_SIZES  numbers of clusters (default "2500 10000"); each has 10 bundles
# BENCH_RUNS   how often each thing is done (default 5); medians are shown
# BENCH_DIR    where (default: a new folder below ${TMPDIR:-/tmp}, removed at the end)
#
# Times differ from run to run and machine to machine, ratios and instructions hardly. Exit: 0, whether
# or not what is to be reached was reached.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "${1:-$here/../../.build/release}" && pwd)
sizes=${BENCH_SIZES:-2500 10000}
. "$here/common.sh"
row 'hooks: pre-receive + post-receive' ours floor ratio 'to reach'

for size in $sizes; do
  source=$dir/source-$size
  say "$size clusters: writing the source"
  sh "$here/../demo/make-fleet.sh" "$source" "$size" 10
  cd "$source"
  git init -q -b main
  git add -A
  git commit -qm first

  # From nothing; the floor is libgit2 with the same objects.
  : >"$dir/cpu"; : >"$dir/wall"; : >"$dir/floor-cpu"; : >"$dir/floor-wall"
  run=0
  while [ "$run" -lt "$runs" ]; do
    run=$((run + 1))
    say "$size clusters: from nothing, $run of $runs"
    new_hub "$dir/hub"
    push
    sum 2 >>"$dir/wall"; echo >>"$dir/wall"
    sum 3 >>"$dir/cpu"; echo >>"$dir/cpu"
    "$bin/fleet-bench" floor "$dir/hub" >"$dir/floor"
    read -r objects _ wall cpu <"$dir/floor"
    echo "$wall" >>"$dir/floor-wall"
    echo "$cpu" >>"$dir/floor-cpu"
  done
  for kind in cpu wall; do
    ours=$(median <"$dir/$kind")
    floor=$(median <"$dir/floor-$kind")
    times=$(ratio "$ours" "$floor")
    row "$size x 10 from nothing, $kind ($objects objects)" "$ours ms" "$floor ms" "${times}x" \
      "at most 4x: $(verdict "$times" 4)"
  done

  # One line in one bundle; the floor is the whole push into a repository without hooks.
  git init -q --bare -b main "$dir/plain.git"
  git push -q "$dir/plain.git" main
  for what in line cluster; do
    : >"$dir/cpu"; : >"$dir/wall"; : >"$dir/whole"; : >"$dir/floor-wall"
    run=0
    while [ "$run" -lt "$runs" ]; do
      run=$((run + 1))
      say "$size clusters: one $what, $run of $runs"
      if [ $what = line ]; then
        sed -i "s/greeting: .*/greeting: \"hello $run\"/" apps/app-07/app.yaml
      else
        # A small shop grows and gets screens.
        sed -i 's/size: small/size: large/' clusters/*/store-*00"$run"7.yaml
      fi
      git commit -qam "one $what"
      "$bin/fleet-bench" measure "$dir/push" git push -q "$dir/plain.git" main
      push
      sum 2 >>"$dir/wall"; echo >>"$dir/wall"
      sum 3 >>"$dir/cpu"; echo >>"$dir/cpu"
      awk 'END { print $2 }' "$dir/push" >>"$dir/floor-wall"
    done
    wall=$(median <"$dir/wall")
    floor=$(median <"$dir/floor-wall")
    target=
    if [ "$what" = line ]; then
      median <"$dir/cpu" >"$dir/line-$size"
      if [ "$size" = 10000 ]; then target="under 1000 ms: $(verdict "$wall" 999.9)"; fi
    fi
    row "$size x 10, one $what changed, wall" "$wall ms" "$floor ms" "$(ratio "$wall" "$floor")x" "$target"
    row "$size x 10, one $what changed, cpu" "$(median <"$dir/cpu") ms"
  done
  rm -rf "$dir/plain.git"
  cd "$dir"
done
if [ -f "$dir/line-2500" ] && [ -f "$dir/line-10000" ]; then
  times=$(ratio "$(cat "$dir/line-10000")" "$(cat "$dir/line-2500")")
  row 'one line changed, cpu: 10000 against 2500' '' '' "${times}x" \
    "at most 4x (linear): $(verdict "$times" 4)"
fi
row 'largest memory of a hook' "$((peak / 1024)) MiB" '' '' "under 300 MB: $(verdict "$peak" 292968)"

echo
row 'fleet-sync, nothing new, over HTTP' ours floor ratio 'to reach'
cluster=$(sed -n 's,.* refs/slices/,,p' "$dir/hub/slices.git/packed-refs" | head -n 1)
if ! url=$("$here/../tools/web-up.sh" --user "$cluster:secret" --while $$ "$dir/web" "$dir/hub" \
  2>"$dir/web.log"); then
  echo "not measured: $(tail -n 1 "$dir/web.log")"
  exit 0
fi
web=$dir/web
url=http://$cluster:secret@${url#http://}
sync() {
  "$@" "$bin/fleet-sync" --cluster "$cluster" --hub "$url" --state "$dir/state" \
    --target "dir:$dir/site" --drift-check off
}
say 'fleet-sync: the first run'
sync env 2>"$dir/sync.log" || { cat "$dir/sync.log" >&2; exit 1; }
sync env
: >"$dir/push"
run=0
while [ "$run" -lt "$runs" ]; do
  run=$((run + 1))
  sync "$bin/fleet-bench" measure "$dir/push"
done
memory=$(awk '{ print $5 }' "$dir/push" | median)
row 'memory besides git' "$memory KiB" '' '' "under 20 MB: $(verdict "$memory" 19531)"
row 'wall' "$(awk '{ print $2 }' "$dir/push" | median) ms"

if ! command -v valgrind >/dev/null 2>&1; then
  echo "instructions not measured: valgrind is not installed"
  exit 0
fi
# shellcheck disable=SC2317,SC2329 # called by name
fetch() { # what fleet-sync itself starts
  traced git --git-dir="$dir/state/slices.git" fetch --quiet --no-tags --no-write-fetch-head \
    "$url/slices.git" "+refs/slices/$cluster:refs/fleet/incoming"
}
: >"$dir/ours"; : >"$dir/floor"
run=0
while [ "$run" -lt 3 ]; do
  run=$((run + 1))
  say "fleet-sync: instructions, $run of 3"
  instructions sync traced >>"$dir/ours"; echo >>"$dir/ours"
  instructions fetch >>"$dir/floor"; echo >>"$dir/floor"
done
ours=$(median <"$dir/ours")
floor=$(median <"$dir/floor")
times=$(awk -v a="$ours" -v b="$floor" 'BEGIN { printf "%.2f", a / b }')
row 'instructions (floor: its git fetch)' "$((ours / 1000)) M" "$((floor / 1000)) M" "${times}x" \
  "at most 2x: $(verdict "$times" 2)"
