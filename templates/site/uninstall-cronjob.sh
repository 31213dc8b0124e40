#!{{SH}}
# Takes fleet-sync of cluster {{CLUSTER}} out of the cluster. With a kubeconfig of the site:
#   kubectl fleet bootstrap {{CLUSTER}} --as cronjob --uninstall | sh
{{FIRST}}
set -eu
made=app.kubernetes.io/managed-by=kubectl-fleet-bootstrap
kubectl delete cronjobs,jobs,persistentvolumeclaims,serviceaccounts -n {{NAMESPACE}} -l "$made" --ignore-not-found --wait=false
kubectl delete rolebindings,roles -A -l "$made" --ignore-not-found --wait=false
kubectl delete clusterrolebindings,clusterroles -l "$made" --ignore-not-found --wait=false
# The namespace stays: in it stands what fleet-sync has applied. Without that record everything it applied is left
# where it is, and nobody's. If that is meant: kubectl delete namespace {{NAMESPACE}}
