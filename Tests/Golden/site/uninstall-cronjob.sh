#!/bin/sh
# Takes fleet-sync of cluster store-1 out of the cluster. With a kubeconfig of the site:
#   kubectl fleet bootstrap store-1 --as cronjob --uninstall | sh
# First take the cluster out of the inventory and push, and let fleet-sync run once more: only then goes what has to go
# ('whenRemoved: remove'), or is everything left to you ('keep', the default). If the cluster is still in the fleet, what runs
# there stays as it is and nobody looks after it.
set -eu
made=app.kubernetes.io/managed-by=kubectl-fleet-bootstrap
kubectl delete cronjobs,jobs,persistentvolumeclaims,serviceaccounts -n kubectl-fleet-system -l "$made" --ignore-not-found --wait=false
kubectl delete rolebindings,roles -A -l "$made" --ignore-not-found --wait=false
kubectl delete clusterrolebindings,clusterroles -l "$made" --ignore-not-found --wait=false
# The namespace stays: in it stands what fleet-sync has applied. Without that record everything it applied is left
# where it is, and nobody's. If that is meant: kubectl delete namespace kubectl-fleet-system
