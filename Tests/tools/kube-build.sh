#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# kube-build.sh FOLDER - compiles kube-apiserver, kube-controller-manager and etcd into FOLDER.
#
# For test machines that have no Kubernetes at hand: Debian 12 carries the sources of Kubernetes 1.20.2
# and of the Go that compiles it. Nothing is installed and no right is needed: packages are downloaded
# into a scratch folder beside FOLDER and unpacked there. About 125 MB of downloads, 2.5 GB of scratch
# space (removed at the end) and six minutes on two cores; once per cache folder.
#
# Exit: 0 built (or already there), 1 failed, 3 this machine cannot build it.
set -euo pipefail
umask 022

recipe=1 # raise it when the steps below change: what an older recipe built is then built again

say() { printf 'kube-build: %s\n' "$*" >&2; }
cannot() { say "$*"; exit 3; }

[ $# -eq 1 ] || { echo 'usage: kube-build.sh FOLDER' >&2; exit 64; }
out=$(realpath -m "$1")
is_built() { [ "$(cat "$out/.recipe" 2>/dev/null)" = "$recipe" ]; }
is_built && exit 0

# shellcheck source=/dev/null
id=$(. /etc/os-release 2>/dev/null && echo "${ID:-}") || id=
[ "$id" = debian ] || cannot "can build kube-apiserver on Debian only; set KUBEBUILDER_ASSETS"
for tool in apt-get dpkg awk tar flock; do
  command -v "$tool" >/dev/null || cannot "cannot build kube-apiserver without '$tool'"
done

mkdir -p "$(dirname "$out")"
exec 8>"$out.lock"
flock 8
is_built && exit 0 # somebody else built it while this one waited

scratch=$out.build
discard() { chmod -R u+w "$scratch" 2>/dev/null || true; rm -rf "$scratch"; }
discard
trap discard EXIT
apt=$scratch/apt
mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$scratch"/{downloads,root,bin} \
  "$scratch/gopath/src/k8s.io"

# The mirror that this machine uses already, which a site's firewall surely lets through.
# shellcheck disable=SC2016 # $(SITE) is apt's, not the shell's
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Label: Debian' 2>/dev/null | head -n 1)
mirror=${mirror:-http://deb.debian.org/debian}
printf 'deb %s bookworm main\ndeb-src %s bookworm main\n' "$mirror" "$mirror" >"$apt/sources.list"
private=(-qq "-oDir::Etc::SourceList=$apt/sources.list" -oDir::Etc::SourceParts=/dev/null
  "-oDir::State::Lists=$apt/lists" "-oDir::Cache=$apt" -oDir::Etc::Preferences=/dev/null
  -oDir::Etc::PreferencesParts=/dev/null -oAPT::Default-Release= -oAPT::Sandbox::User=root
  -oAcquire::Retries=3 -oAcquire::Languages=none)

say "downloading Debian's packages from $mirror"
apt-get "${private[@]}" update >&2 || cannot "cannot reach $mirror to build kube-apiserver"
(
  cd "$scratch/downloads"
  apt-get "${private[@]}" download golang-1.19-go golang-1.19-src \
    golang-github-modern-go-reflect2-dev etcd-server
  apt-get "${private[@]}" source --download-only kubernetes
) >&2 || cannot "cannot download the sources of kube-apiserver"
for package in "$scratch"/downloads/*.deb; do dpkg -x "$package" "$scratch/root"; done
source=$scratch/kubernetes
mkdir "$source"
tar -xf "$scratch"/downloads/kubernetes_1.20*.orig.tar.gz --strip-components=1 -C "$source"

# The reflect2 that Kubernetes 1.20 vendors crashes when compiled by Go 1.18 or newer.
vendored=$source/vendor/github.com/modern-go/reflect2
rm -f "$vendored"/*.go "$vendored"/*.s
cp "$scratch"/root/usr/share/gocode/src/github.com/modern-go/reflect2/*.{go,s} "$vendored/"
rm -f "$vendored"/*_test.go

# Kubernetes 1.21 added this default to the schema; without it server-side apply refuses every
# Service port that names no protocol.
types=$source/staging/src/k8s.io/api/core/v1/types.go
awk '/^type ServicePort struct/ { inside = 1 }
  inside && /^\tProtocol Protocol / { print "\t// +default=\"TCP\""; inside = 0; found++ }
  { print } END { exit found != 1 }' "$types" >"$types.new"
mv "$types.new" "$types"

export GOROOT=$scratch/root/usr/lib/go-1.19 GOPATH=$scratch/gopath GOCACHE=$scratch/gocache
export GO111MODULE=off GOFLAGS='' CGO_ENABLED=0 GOPROXY=off HOME=$scratch
go=$GOROOT/bin/go
ln -sfn "$source" "$GOPATH/src/k8s.io/kubernetes"
cd "$GOPATH/src/k8s.io/kubernetes"

# The source package leaves the generated OpenAPI definitions out, and server-side apply needs them.
"$go" build -o "$scratch/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
inputs=$(grep -rl --include='*.go' -E '^// *\+k8s:openapi-gen=' pkg cmd plugin vendor/k8s.io/ staging/src/k8s.io |
  xargs -n 1 dirname | sed 's,^staging/src/,vendor/,' | sort -u |
  grep -v -E '/(examples?|_examples|sample-[a-z]*)/' | sed 's,^,k8s.io/kubernetes/,' | paste -sd ,)
PATH=$GOROOT/bin:$PATH "$scratch/openapi-gen" --go-header-file hack/boilerplate/boilerplate.generatego.txt \
  --input-dirs "$inputs" --output-base "$GOPATH/src" --output-package k8s.io/kubernetes/pkg/generated/openapi \
  --output-file-base zz_generated.openapi --report-filename "$scratch/openapi-report.txt"

say 'compiling, about five minutes on two cores'
flags='-s -w'
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  package=k8s.io/kubernetes/vendor/$package
  flags+=" -X $package.gitVersion=v1.20.2 -X $package.gitMajor=1 -X $package.gitMinor=20 -X $package.gitTreeState=clean"
done
"$go" build -trimpath -ldflags "$flags" -o "$scratch/bin/" ./cmd/kube-apiserver ./cmd/kube-controller-manager
cp "$scratch/root/usr/bin/etcd" "$scratch/bin/"
cd /
"$scratch/bin/kube-apiserver" --version >&2
"$scratch/bin/etcd" --version >/dev/null

echo "$recipe" >"$scratch/bin/.recipe"
rm -rf "$out"
mv "$scratch/bin" "$out"
say "built into $out"
