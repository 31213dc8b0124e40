#!/bin/sh
# rollout.sh BIN - how long a hub needs from the status push that decides to the last ref that a rollback moves
#
# BIN             the folder with the programs, .build/release (fleet-bench among them)
# BENCH_CLUSTERS  how many clusters (default 2500)
# BENCH_RUNS, BENCH_DIR as in bench.sh
#
# Four waves as a retail fleet has them, of which the second has the fault: all its sites but one have reported a latency
# over the threshold, then the last one pushes, really. The clock runs from the start of that push until slices.git shows
# the state of the rollback; the hooks and the runner that they start do the work. Beside it: the same push into a
# repository without hooks, and the tick that finds nothing to do. Exit: 1 when it was not rolled back, else 0.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "${1:-$here/../../.build/release}" && pwd)
BENCH_RUNS=${BENCH_RUNS:-3}
. "$here/common.sh"
clusters=${BENCH_CLUSTERS:-2500}
for program in fleet-status-receive fleet-hub; do
  rm -f "$dir/libexec/$program"
  ln -s "$bin/$program" "$dir/libexec/$program"
done

mkdir -p "$dir/fleet/clusters" "$dir/fleet/gitrepos" "$dir/fleet/policy" "$dir/fleet/apps/pos"
cd "$dir/fleet"
git init -q -b main
seq "$clusters" | awk '{
  printf "---\napiVersion: fleet.cattle.io/v1alpha1\nkind: Cluster\nmetadata:\n  name: store-%05d\n  labels: {env: store}\n", $1
}' >clusters/all.yaml
cat >gitrepos/shop.yaml <<'END'
apiVersion: fleet.cattle.io/v1alpha1
kind: GitRepo
metadata:
  name: shop
spec:
  paths: [apps/*]
  targets:
    - clusterSelector: {matchLabels: {env: store}}
END
cat >policy/four-waves.yaml <<'END'
apiVersion: fleet/v1
kind: RolloutPolicy
metadata:
  name: four-waves
spec:
  stages:
    - {name: canary, clusters: 1%, minSuccessTime: 1s}
    - {name: early, clusters: 10%, minSuccessTime: 60s}
    - {name: regional, clusters: 50%}
    - {name: full, clusters: 100%}
  analysis:
    interval: 1s
    minSamples: 20
    metrics:
      - {name: p99-latency, thresholdRange: {max: 500}, aggregate: p95, failureLimit: 0}
END
version() { # NUMBER EXTRA: pushes a version of the bundle
  printf 'name: pos\nnamespace: retail\n%s' "$2" >apps/pos/fleet.yaml
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {version: "%s"}\n' "$1" >apps/pos/config.yaml
  git add -A
  git commit -qm "version $1"
  push
}
counter=0
report() { # P99 [EXCEPT]
  counter=$((counter + 1))
  "$bin/fleet-bench" report "$dir/hub" "$1" "$counter" ${2:+"$2"}
}
tick() { "$bin/fleet-bench" measure "$dir/tick" "$bin/fleet-hub" tick --hub "$dir/hub"; }
state() { git -C "$dir/hub/fleet.git" log -1 --format=%s refs/fleet/state; }
until_state() { # PATTERN COMMAND…: runs the command until a state since the last push says so
  pattern=$1
  shift
  tries=0
  while ! git -C "$dir/hub/fleet.git" log --format=%s%n%b "$since..refs/fleet/state" | grep -q "$pattern"; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || { echo "bench: waited in vain for '$pattern', the state is '$(state)'" >&2; exit 1; }
    "$@" >/dev/null
    sleep 0.2
  done
}
healthy() { report 200; tick; }
now() { date +%s%N; }

new_hub "$dir/hub"
git -C "$dir/hub/status.git" config fleet.libexec "$dir/libexec"
version 1 ''
healthy >/dev/null
run=0
: >"$dir/times"; : >"$dir/plain"
while [ "$run" -lt "$runs" ]; do
  run=$((run + 1))
  say "run $run of $runs"
  since=$(git -C "$dir/hub/fleet.git" rev-parse refs/fleet/state)
  version "$((run + 1))" 'rollout: {policy: four-waves}
'
  until_state 'Soaking, stage early' healthy
  # The next measurement is due; who decides is the last of them, and nobody has looked at the others.
  sleep 1.5
  last=store-$(printf %05d "$clusters")
  commit=$(report 1400 "$last")
  cp -R "$dir/hub/status.git" "$dir/plain.git"
  rm -r "$dir/plain.git/hooks"
  cd "$dir/hub/status.git"
  published=$(cat "$dir/hub/slices.git/fleet-published")
  start=$(now)
  git push -q --force "$dir/plain.git" "$commit:refs/status/$last"
  echo "$((($(now) - start) / 1000))" >>"$dir/plain"
  start=$(now)
  FLEET_CLUSTER=$last git push -q --force --receive-pack="git -c receive.hideRefs=refs/ \
    -c receive.hideRefs=!refs/status/$last receive-pack" "$dir/hub/status.git" "$commit:refs/status/$last"
  tries=0
  while :; do
    shown=$(cat "$dir/hub/slices.git/fleet-published")
    if [ "$shown" != "$published" ] &&
      git -C "$dir/hub/fleet.git" log --format=%s%n%b "$published..$shown" | grep -q 'rolling back'; then break; fi
    tries=$((tries + 1))
    [ "$tries" -lt 3000 ] || { echo "bench: not rolled back; the state is '$(state)'" >&2; exit 1; }
    sleep 0.005
  done
  echo "$((($(now) - start) / 1000))" >>"$dir/times"
  rm -rf "$dir/plain.git"
  # As maintain does: the next reports are written into packed-refs.
  git -C "$dir/hub/status.git" pack-refs --all
  cd "$dir/fleet"
  until_state 'rolled back' healthy
done
: >"$dir/tick"
tick; tick; tick

row "a rollback of $clusters clusters" ours floor ratio 'to reach'
ours=$(median <"$dir/times" | awk '{ printf "%.1f", $1 / 1000 }')
floor=$(median <"$dir/plain" | awk '{ printf "%.1f", $1 / 1000 }')
row 'from the deciding push to the last ref, wall' "$ours ms" "$floor ms" "$(ratio "$ours" "$floor")x" \
  "under 3000 ms: $(verdict "$ours" 3000)"
echo '(floor: the same push into a repository without hooks)'
row 'a tick that finds nothing to do, wall' "$(awk '{ print $2 }' "$dir/tick" | median) ms"
