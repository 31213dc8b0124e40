#!/bin/sh
# make-fleet.sh DIR CLUSTERS BUNDLES - writes the source of a fleet of shops into DIR: one file per cluster
#
# Used by `make demo` and `make bench`. Regions, tiers and rings are spread by number, so that the same
# arguments give the same bytes.
set -eu
dir=$1 clusters=$2 bundles=$3
mkdir -p "$dir/clusters" "$dir/groups" "$dir/gitrepos" "$dir/policy" "$dir/apps"
awk -v dir="$dir/clusters" -v n="$clusters" 'BEGIN {
  split("eu-west eu-north us-east us-west ap-south", region, " ")
  for (i = 1; i <= n; i++) {
    name = sprintf("store-%0*d", (n > 9999 ? 5 : 4), i)
    folder = region[i % 5 + 1]
    file = dir "/" folder "/" name ".yaml"
    if (!(folder in made)) { system("mkdir -p " dir "/" folder); made[folder] = 1 }
    printf "apiVersion: fleet.cattle.io/v1alpha1\nkind: Cluster\nmetadata:\n  name: %s\n  labels:\n", name > file
    printf "    environment: edge\n    tier: retail\n    region: %s\n", folder > file
    printf "    traffic-tier: %s\n", (i % 10 == 0 ? "high" : "normal") > file
    if (i % 100 == 1) printf "    rollout-wave: canary\n" > file
    close(file)
  }
}'
for region in eu-west eu-north us-east us-west ap-south; do
  printf 'apiVersion: fleet.cattle.io/v1alpha1\nkind: ClusterGroup\nmetadata:\n  name: %s\nspec:\n  selector:\n    matchLabels:\n      region: %s\n' \
    "$region" "$region" >"$dir/groups/$region.yaml"
done
cat >"$dir/gitrepos/shop.yaml" <<'YAML'
apiVersion: fleet.cattle.io/v1alpha1
kind: GitRepo
metadata:
  name: shop
spec:
  paths:
    - apps/*
  targets:
    - name: all-shops
      clusterSelector:
        matchLabels:
          environment: edge
          tier: retail
YAML
cat >"$dir/policy/budget.yaml" <<'YAML'
apiVersion: fleet/v1
kind: Budget
metadata:
  name: default
spec:
  deletions:
    Namespace: 0
    PersistentVolumeClaim: 0
    CustomResourceDefinition: 0
  clustersRemoved: 5
YAML
i=1
while [ "$i" -le "$bundles" ]; do
  app=$(printf 'app-%02d' "$i")
  mkdir -p "$dir/apps/$app"
  cat >"$dir/apps/$app/fleet.yaml" <<YAML
name: $app
defaultNamespace: $app
YAML
  cat >"$dir/apps/$app/app.yaml" <<YAML
apiVersion: v1
kind: ConfigMap
metadata:
  name: $app
data:
  greeting: hello
  version: "1.0.$i"
---
apiVersion: v1
kind: Service
metadata:
  name: $app
spec:
  selector:
    app: $app
  ports:
    - port: 80
      targetPort: 8080
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: $app
spec:
  replicas: 2
  selector:
    matchLabels:
      app: $app
  template:
    metadata:
      labels:
        app: $app
    spec:
      containers:
        - name: $app
          image: registry.example.com/shop/$app:1.0.$i
          ports:
            - containerPort: 8080
          resources:
            limits:
              memory: 256Mi
YAML
  i=$((i + 1))
done
