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
runs=${BENCH_RUNS:-5}
for program in fleet-hub fleet-sync fleet-pre-receive fleet-post-receive fleet-status-receive \
  fleet-bench; do
  [ -x "$bin/$program" ] || { echo "bench: '$bin/$program' is not built: make bench" >&2; exit 1; }
done

if [ -n "${BENCH_DIR:-}" ]; then
  mkdir -p "$BENCH_DIR"
  dir=$(mktemp -d "$(cd "$BENCH_DIR" && pwd)/run.XXXXXX")
else
  dir=$(mktemp -d "${TMPDIR:-/tmp}/fleet-bench.XXXXXX")
fi
web=
finish() {
  if [ -n "$web" ]; then "$here/../tools/web-down.sh" "$web" || true; fi
  rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_CONFIG_PARAMETERS FLEET_LIBEXEC
mkdir "$dir/home" "$dir/libexec"
export HOME="$dir/home" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null LC_ALL=C
export GIT_AUTHOR_NAME=b GIT_AUTHOR_EMAIL=b@example.com GIT_COMMITTER_NAME=b \
  GIT_COMMITTER_EMAIL=b@example.com
record=$dir/record
# The hooks start these, which start the real ones and write down what they cost.
for program in fleet-pre-receive fleet-post-receive; do
  cat >"$dir/libexec/$program" <<END
#!/bin/sh
exec "$bin/fleet-bench" measure "$record" "$bin/$program"
END
  chmod +x "$dir/libexec/$program"
done
ln -s "$bin/fleet-status-receive" "$dir/libexec/fleet-status-receive"

say() { [ ! -t 2 ] || printf '\r\033[K%s' "$*" >&2; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f", (b > 0 ? a / b : 0) }'; }
# verdict VALUE LIMIT: whether what was to be reached was reached.
verdict() { awk -v v="$1" -v l="$2" 'BEGIN { print (v <= l ? "reached" : "MISSED") }'; }
# row WHAT OURS FLOOR RATIO TARGET
row() { say; printf '%-44s %12s %12s %8s  %s\n' "$1" "${2:-}" "${3:-}" "${4:-}" "${5:-}" | sed 's/ *$//'; }
# Sums of both hooks of one push: `wall`, `cpu`; and the largest peak of memory so far.
sum() { # COLUMN
  awk -v c="$1" '{ s += $c } END { printf "%.1f", s }' "$record"
}
peak=0
note_peak() {
  peak=$(awk -v p="$peak" '{ if ($4 > p) p = $4 } END { print p }' "$record")
}
push() { # leaves the figures of its hooks in the record
  : >"$record"
  git push -q origin main 2>"$dir/push.log" || { cat "$dir/push.log" >&2; exit 1; }
  note_peak
}

echo "bench: $(getconf _NPROCESSORS_ONLN) processors, $(git --version | sed 's/ (.*//'), libgit2 $(pkg-config --modversion libgit2 2>/dev/null || echo '?'); medians of $runs"
load=$(cut -d' ' -f1 /proc/loadavg)
echo "bench: load $load$(awk -v l="$load" 'BEGIN { if (l > 1) print ": others are at work here, trust CPU and ratios, not wall times" }')"
echo
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
    rm -rf "$dir/hub"
    "$bin/fleet-hub" create "$dir/hub" --libexec "$dir/libexec" >/dev/null
    git remote remove origin 2>/dev/null || true
    git remote add origin "$dir/hub/fleet.git"
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
# Of a process and all its children, in thousands.
instructions() {
  rm -rf "$dir/valgrind"
  mkdir "$dir/valgrind"
  "$@" || exit 1
  sed -n 's/.*I *refs: *//p' "$dir"/valgrind/* | tr -d , | awk '{ s += $1 } END { printf "%d", s / 1000 }'
}
# shellcheck disable=SC2317 # called by name
traced() {
  valgrind --tool=cachegrind --cache-sim=no --trace-children=yes --log-file="$dir/valgrind/%p" \
    --cachegrind-out-file=/dev/null "$@"
}
# shellcheck disable=SC2317 # called by name
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
