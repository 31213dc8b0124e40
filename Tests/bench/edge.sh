#!/bin/sh
# edge.sh BIN - a site's run beside what else applies manifests, 100 objects, one real API server
#
# BIN          the folder with the programs, .build/release (fleet-bench among them)
# BENCH_RUNS   how often each thing is done (default 5); medians are shown
# BENCH_DIR    where (default: a new folder below ${TMPDIR:-/tmp}, removed at the end)
#
# fleet-sync fetches from a hub folder each time, which the others do not. Exit: 0, whether or not what is
# to be reached was reached.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "${1:-$here/../../.build/release}" && pwd)
# Measured with a home of its own, and the API server's programs are in that of the user.
FLEET_KUBE_CACHE=${FLEET_KUBE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/kubectl-fleet/kube}
export FLEET_KUBE_CACHE
. "$here/common.sh"
tools=$here/../tools
if ! command -v helm >/dev/null || ! KUBECONFIG=$("$tools/kube-up.sh" --while $$ "$dir/kube" 2>"$dir/kube.log"); then
  echo "not measured: helm and a Kubernetes API server are needed"
  exit 0
fi
export KUBECONFIG
kube_finish() { "$tools/kube-down.sh" --purge "$dir/kube" >/dev/null 2>&1 || true; finish; }
trap kube_finish EXIT

# manifests FOLDER NAMESPACE [LABEL]: 100 objects of eight kinds, a file each, named as in a slice.
manifests() {
  mkdir -p "$1"
  awk -v folder="$1" -v namespace="$2" -v label="${3:-app: edge}" '
    function object(api, kind, group, name, rest) {
      file = folder "/" kind group "~" namespace "~" name ".yaml"
      printf "apiVersion: %s\nkind: %s\nmetadata:\n  labels:\n    %s\n  name: %s\n  namespace: %s\n%s", \
        api, kind, label, name, namespace, rest >file
      close(file)
    }
    BEGIN {
      for (n = 0; n < 40; n++)
        object("v1", "ConfigMap", "", "settings-" n, "data:\n  greeting: hello\n  number: \"" n "\"\n")
      for (n = 0; n < 20; n++) object("v1", "Secret", "", "key-" n, "data:\n  key: aGVsbG8=\n")
      for (n = 0; n < 10; n++) {
        object("v1", "Service", "", "web-" n, "spec:\n  ports:\n  - port: 80\n  selector:\n    app: web-" n "\n")
        object("apps/v1", "Deployment", ".apps", "web-" n, "spec:\n  replicas: 0\n  selector:\n    matchLabels:\n" \
          "      app: web-" n "\n  template:\n    metadata:\n      labels:\n        app: web-" n "\n    spec:\n" \
          "      containers:\n      - image: example.com/web:1\n        name: web\n        ports:\n" \
          "        - containerPort: 80\n        resources:\n          limits:\n            cpu: 1000m\n")
      }
      for (n = 0; n < 5; n++) {
        object("v1", "ServiceAccount", "", "web-" n, "")
        object("rbac.authorization.k8s.io/v1", "Role", ".rbac.authorization.k8s.io", "web-" n, \
          "rules:\n- apiGroups:\n  - \"\"\n  resources:\n  - configmaps\n  verbs:\n  - get\n")
        object("rbac.authorization.k8s.io/v1", "RoleBinding", ".rbac.authorization.k8s.io", "web-" n, \
          "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: web-" n "\n")
        object("networking.k8s.io/v1", "Ingress", ".networking.k8s.io", "web-" n, \
          "spec:\n  defaultBackend:\n    service:\n      name: web-" n "\n      port:\n        number: 80\n")
      }
    }'
}

# edit FOLDER TEXT: another greeting in one config map.
edit() { sed -i "s/greeting: .*/greeting: $2/" "$1"/ConfigMap~*~settings-7.yaml; }

# publish FOLDER NAMESPACE RELEASE: a slice with one bundle, as the hub writes it.
publish() {
  {
    message="slice edge

Cluster: edge
Source: 1111111111111111111111111111111111111111
Release: $3
Epoch: 1
Format: 1
"
    printf 'commit refs/slices/edge\ncommitter b <b@example.com> 1700000000 +0000\ndata %s\n%s\n' \
      "$(printf '%s' "$message" | wc -c)" "$message"
    descriptor="{\"format\":1,\"name\":\"web\",\"gitRepo\":\"bench\",\"namespace\":\"$2\",\"createNamespace\":true}"
    printf 'M 100644 inline web/bundle.json\ndata %s\n%s\n' "${#descriptor}" "$descriptor"
    for file in "$1"/*; do
      printf 'M 100644 inline web/objects/%s\ndata %s\n' "${file##*/}" "$(wc -c <"$file")"
      cat "$file"
      echo
    done
  } | git --git-dir="$dir/hub/slices.git" fast-import --quiet --force
}

# The four, each with a namespace of its own for every first time: nobody ends namespaces here.
measure() { # RECORD COMMAND...
  into=$1
  shift
  "$bin/fleet-bench" measure "$into" "$@" >"$dir/out" 2>&1 || { cat "$dir/out" >&2; exit 1; }
}
fleet() {
  measure "$1" "$bin/fleet-sync" --cluster edge --hub "$dir/hub" --state "$dir/state-$run" \
    --kubeconfig "$KUBECONFIG" --inventory-namespace "inventory-$run"
}
helm_() { measure "$1" helm upgrade --install web "$dir/chart-$run" -n "helm-$run"; }
server_side() { measure "$1" kubectl apply --server-side -f "$dir/ssa-$run"; }
prune() {
  measure "$1" kubectl apply --prune -l app=edge -n "prune-$run" -f "$dir/prune-$run" \
    --prune-allowlist=core/v1/ConfigMap --prune-allowlist=core/v1/Secret --prune-allowlist=core/v1/Service \
    --prune-allowlist=apps/v1/Deployment
}

git init -q --bare "$dir/hub/slices.git"
git init -q --bare "$dir/hub/status.git"
git --git-dir="$dir/hub/status.git" config http.receivepack true
run=0
while [ "$run" -lt "$runs" ]; do
  run=$((run + 1))
  for tool in helm ssa prune fleet; do kubectl create namespace "$tool-$run" >/dev/null; done
  mkdir -p "$dir/chart-$run"
  printf 'apiVersion: v2\nname: web\nversion: 0.1.0\n' >"$dir/chart-$run/Chart.yaml"
  manifests "$dir/chart-$run/templates" "helm-$run"
  manifests "$dir/ssa-$run" "ssa-$run"
  manifests "$dir/prune-$run" "prune-$run"
  manifests "$dir/fleet-$run" "fleet-$run" 'kubectl-fleet.io/bundle: web'
  publish "$dir/fleet-$run" "fleet-$run" 1
  for step in first nothing one; do
    say "$step, $run of $runs"
    # The first run that applies nothing also asks what the cluster is like, as one does each hour.
    [ "$step" != nothing ] || fleet "$dir/hourly-fleet"
    if [ "$step" = one ]; then
      for folder in "chart-$run/templates" "ssa-$run" "prune-$run" "fleet-$run"; do
        edit "$dir/$folder" "run-$run"
      done
      publish "$dir/fleet-$run" "fleet-$run" 2
    fi
    # The first run's discovery is in nobody's cache, but kubectl's own is shared by all calls of the user.
    fleet "$dir/$step-fleet"
    helm_ "$dir/$step-helm"
    server_side "$dir/$step-ssa"
    prune "$dir/$step-prune"
  done
  # What is left would be in the lists of the next run.
  kubectl delete configmaps,secrets,services,deployments.apps,serviceaccounts,roles,rolebindings,ingresses \
    -n "fleet-$run" -l kubectl-fleet.io/bundle >/dev/null
  kubectl delete configmaps -n "inventory-$run" --all >/dev/null
done

row '100 objects into a real API server, wall' ours theirs ratio 'to reach'
for step in first nothing one; do
  case $step in
    first) what='first apply' ;;
    nothing) what='nothing changed' ;;
    *) what='one object changed' ;;
  esac
  ours=$(awk '{ print $2 }' "$dir/$step-fleet" | median)
  for tool in helm ssa prune; do
    theirs=$(awk '{ print $2 }' "$dir/$step-$tool" | median)
    times=$(ratio "$theirs" "$ours")
    case $tool in
      helm) name='helm upgrade --install' ;;
      ssa) name='kubectl apply --server-side' ;;
      *) name='kubectl apply --prune' ;;
    esac
    target=
    case $step-$tool in
      nothing-helm) target="at least 6x: $(verdict 6 "$times")" ;;
      nothing-ssa) target="at least 2x: $(verdict 2 "$times")" ;;
      first-ssa)
        slower=$(awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "%.2f", a / b }')
        target="at most 1.2 times its time ($slower): $(verdict "$slower" 1.2)"
        ;;
    esac
    row "$what, $name" "$ours ms" "$theirs ms" "${times}x" "$target"
  done
done
row 'the run that asks for facts, once an hour' "$(awk '{ print $2 }' "$dir/hourly-fleet" | median) ms"
peak=$(cat "$dir"/*-fleet | awk '{ if ($5 > p) p = $5 } END { print p }')
row 'largest memory of fleet-sync itself' "$((peak / 1024)) MiB" '' '' "under 25 MB: $(verdict "$peak" 24414)"
