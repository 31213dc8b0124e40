#!/bin/sh
# deps.sh build|test - installs the system packages that are missing
#
# Debian and Ubuntu: apt, with sudo when not root. Elsewhere: says which packages are needed.
# Asks for nothing and changes nothing when everything is there.
set -eu
what=${1:-build}

missing=
need() { # need PACKAGE TEST…: remember the package when the test fails
  package=$1
  shift
  "$@" >/dev/null 2>&1 || missing="$missing $package"
}
# Some programs live where only root looks.
PATH=$PATH:/usr/sbin:/sbin
have() { command -v "$1"; }

need git have git
need pkg-config have pkg-config
if command -v pkg-config >/dev/null 2>&1; then
  need libgit2-dev pkg-config --exists libgit2
  need libyaml-dev pkg-config --exists yaml-0.1
  need libjansson-dev pkg-config --exists jansson
  need zlib1g-dev pkg-config --exists zlib
else
  missing="$missing libgit2-dev libyaml-dev libjansson-dev zlib1g-dev"
fi
if [ "$what" = test ]; then
  need kubernetes-client have kubectl
  need nginx-light have nginx
  need fcgiwrap have fcgiwrap
  need openssh-server have sshd
  need openssh-client have ssh
  need curl have curl
  need openssl have openssl
  need util-linux have flock
  need shellcheck have shellcheck
fi

if ! command -v swift >/dev/null 2>&1; then
  echo "deps: Swift 6.2 or newer is needed: https://www.swift.org/install/linux" >&2
  exit 1
fi
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "deps: please install with your package manager (Debian's names):$missing" >&2
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
# shellcheck disable=SC2086 # the list is split on purpose
install() {
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    $missing >/dev/null
}
install 2>/dev/null || { $sudo apt-get update -qq && install; }
