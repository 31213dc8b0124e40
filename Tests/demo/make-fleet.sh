#!/bin/sh
# make-fleet.sh DIR SHOPS [BUNDLES] - writes the source of a fleet of shops into DIR
#
# One file per cluster; BUNDLES (5 or more, default 5) bundles that every shop gets and one, signage,
# for the larger shops. The five are a retailer's: base, point-of-sale, inventory (with a volume),
# price-labels, payments; what is more is called app-06, app-07 …
# Used by `make demo` and `make bench`. Same arguments, same bytes.
set -eu
[ $# -ge 2 ] || { echo 'usage: make-fleet.sh DIR SHOPS [BUNDLES]' >&2; exit 64; }
dir=$1 shops=$2 bundles=${3:-5}
for folder in clusters/eu-west clusters/eu-north clusters/us-east clusters/us-west \
  clusters/ap-south groups gitrepos policy apps; do
  mkdir -p "$dir/$folder"
done

# Region, size and traffic go by the number of the shop.
FLEET_DIR=$dir awk -v n="$shops" 'BEGIN {
  dir = ENVIRON["FLEET_DIR"] "/clusters/"
  split("eu-north us-east us-west ap-south eu-west", region, " ")
  for (i = 1; i <= n; i++) {
    name = sprintf("store-%0*d", (n > 9999 ? 5 : 4), i)
    folder = region[(i - 1) % 5 + 1]
    file = dir folder "/" name ".yaml"
    text = "apiVersion: fleet.cattle.io/v1alpha1\nkind: Cluster\nmetadata:\n  name: " name "\n  labels:\n"
    text = text "    environment: edge\n    tier: retail\n    region: " folder "\n"
    text = text "    size: " (i % 25 == 0 ? "flagship" : i % 5 == 0 ? "large" : "small") "\n"
    text = text "    traffic-tier: " (i % 10 == 0 ? "high" : "normal") "\n"
    # One shop in a hundred gets what is new first, once there are stages.
    if (i % 100 == 1) text = text "    rollout-wave: canary\n"
    printf "%s", text > file
    close(file)
  }
}'

group() { # NAME LABEL VALUE
  cat >"$dir/groups/$1.yaml" <<YAML
apiVersion: fleet.cattle.io/v1alpha1
kind: ClusterGroup
metadata:
  name: $1
spec:
  selector:
    matchLabels:
      $2: $3
YAML
}
for region in eu-west eu-north us-east us-west ap-south; do group "$region" region "$region"; done
group canary rollout-wave canary

cat >"$dir/gitrepos/shop.yaml" <<'YAML'
# What every shop runs.
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
cat >"$dir/gitrepos/signage.yaml" <<'YAML'
# Screens hang in the larger shops only.
apiVersion: fleet.cattle.io/v1alpha1
kind: GitRepo
metadata:
  name: signage
spec:
  paths:
    - signage
  targets:
    - name: with-screens
      clusterSelector:
        matchExpressions:
          - { key: size, operator: In, values: [large, flagship] }
YAML
cat >"$dir/policy/budget.yaml" <<'YAML'
# What one push may do. Judged by the version before the push.
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

config_map() { # NAME KEY VALUE
  cat <<YAML
apiVersion: v1
kind: ConfigMap
metadata:
  name: $1
data:
  $2: "$3"
YAML
}
service() { # NAME PORT
  cat <<YAML
---
apiVersion: v1
kind: Service
metadata:
  name: $1
spec:
  selector:
    app: $1
  ports:
    - port: $2
      targetPort: 8080
YAML
}
volume() { # NAME SIZE
  cat <<YAML
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: $1
spec:
  accessModes: [ReadWriteOnce]
  resources:
    requests:
      storage: $2
YAML
}
deployment() { # NAME TAG REPLICAS [VOLUME]
  cat <<YAML
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: $1
spec:
  replicas: $3
  selector:
    matchLabels:
      app: $1
  template:
    metadata:
      labels:
        app: $1
    spec:
      containers:
        - name: $1
          image: registry.example.com/shop/$1:$2
          ports:
            - containerPort: 8080
          envFrom:
            - configMapRef:
                name: $1
          resources:
            limits:
              memory: 256Mi
YAML
  if [ -n "${4:-}" ]; then
    cat <<YAML
          volumeMounts:
            - name: data
              mountPath: /data
      volumes:
        - name: data
          persistentVolumeClaim:
            claimName: $4
YAML
  fi
}
options() { # DIRECTORY BUNDLE NAMESPACE
  mkdir -p "$dir/$1"
  printf 'name: %s\ndefaultNamespace: %s\n' "$2" "$3" >"$dir/$1/fleet.yaml"
}
app() { # NAME NAMESPACE KEY VALUE TAG
  options "apps/$1" "$1" "$2"
  { config_map "$1" "$3" "$4"; service "$1" 80; deployment "$1" "$5" 2; } >"$dir/apps/$1/app.yaml"
}

options apps/base base shop
cat >"$dir/apps/base/base.yaml" <<'YAML'
apiVersion: v1
kind: Namespace
metadata:
  name: shop
---
apiVersion: v1
kind: ResourceQuota
metadata:
  name: shop
spec:
  hard:
    limits.memory: 6Gi
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: shop-only
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector: {}
YAML

app point-of-sale shop receipt-footer 'Thank you!' 4.2.0
# A pilot in one shop: the new till stands beside the old one, in a namespace of its own.
cat >>"$dir/apps/point-of-sale/fleet.yaml" <<'YAML'
targetCustomizations:
  - name: pilot
    clusterName: store-0831
    optional: true
    defaultNamespace: till-pilot
YAML

options apps/inventory inventory shop
volume stock-data 8Gi >"$dir/apps/inventory/volume.yaml"
{
  config_map inventory database /data/stock.db
  service inventory 80
  deployment inventory 2.9.1 1 stock-data
} >"$dir/apps/inventory/app.yaml"

app price-labels shop refresh-seconds 60 1.14.0
app payments shop terminal-port 20007 7.0.3

options signage signage signage
{ config_map signage playlist spring; deployment signage 3.3.0 1; } >"$dir/signage/app.yaml"

i=6
while [ "$i" -le "$bundles" ]; do
  name=$(printf 'app-%02d' "$i")
  app "$name" "$name" greeting hello "1.0.$i"
  i=$((i + 1))
done
