# common.sh - what bench.sh and charts.sh share: a folder, hooks that are measured, and how figures are told
#
# Read by `.`; needs `here` (this folder) and `bin` (that of the programs). BENCH_RUNS and BENCH_DIR are
# told in bench.sh.
# shellcheck shell=sh disable=SC2154
runs=${BENCH_RUNS:-5}
for program in fleet-hub fleet-sync fleet-pre-receive fleet-post-receive fleet-status-receive \
  kubectl-fleet fleet-bench; do
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
row() { say ''; printf '%-44s %12s %12s %8s  %s\n' "$1" "${2:-}" "${3:-}" "${4:-}" "${5:-}" | sed 's/ *$//'; }
# Sums of both hooks of one push: `wall`, `cpu`.
sum() { # COLUMN
  awk -v c="$1" '{ s += $c } END { printf "%.1f", s }' "$record"
}
# The largest peak of memory of a hook so far, without that of its children.
peak=0
note_peak() {
  peak=$(awk -v p="$peak" '{ if ($5 > p) p = $5 } END { print p }' "$record")
}
push() { # leaves the figures of its hooks in the record
  : >"$record"
  git push -q origin main 2>"$dir/push.log" || { cat "$dir/push.log" >&2; exit 1; }
  note_peak
}
new_hub() { # FOLDER: an empty hub, `origin` of the repository here
  rm -rf "$1"
  "$bin/fleet-hub" create "$1" --libexec "$dir/libexec" >/dev/null
  git remote remove origin 2>/dev/null || true
  git remote add origin "$1/fleet.git"
}
# Instructions of a process and all its children, in thousands.
instructions() {
  rm -rf "$dir/valgrind"
  mkdir "$dir/valgrind"
  "$@" || exit 1
  sed -n 's/.*I *refs: *//p' "$dir"/valgrind/* | tr -d , | awk '{ s += $1 } END { printf "%d", s / 1000 }'
}
# shellcheck disable=SC2317,SC2329 # called by name
traced() {
  valgrind --tool=cachegrind --cache-sim=no --trace-children=yes --log-file="$dir/valgrind/%p" \
    --cachegrind-out-file=/dev/null "$@"
}

echo "bench: $(getconf _NPROCESSORS_ONLN) processors, $(git --version | sed 's/ (.*//'), libgit2 $(pkg-config --modversion libgit2 2>/dev/null || echo '?'); medians of $runs"
load=$(cut -d' ' -f1 /proc/loadavg)
echo "bench: load $load$(awk -v l="$load" 'BEGIN { if (l > 1) print ": others are at work here, trust CPU and ratios, not wall times" }')"
echo
