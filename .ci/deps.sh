#!/bin/sh
# deps.sh build|test - installs the system packages that are missing
#
# Debian and Ubuntu: apt, with sudo when not root. Elsewhere: says which packages are needed.
# Asks for nothing and changes nothing when everything is there. Servers that the tests start by
# themselves (nginx, sshd, fcgiwrap) are installed without being started or enabled.
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
  need shellcheck have shellcheck
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

if ! command -v swift >/dev/null 2>&1; then
  echo "deps: Swift 6.2 or newer is needed: https://www.swift.org/install/linux" >&2
  exit 1
fi
