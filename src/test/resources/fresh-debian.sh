#!/usr/bin/env bash
# Fresh Debian 12 systems that have only sshd. The packages that `dowding init` installs are in their cache, and
# their only network is the testbed's, so what is measured has no downloads.
#
#   fresh-debian.sh make FILES             makes the files of all; needs a mirror of Debian
#   fresh-debian.sh boot FILES ROOT SUBNET N KEY    boots one, SUBNET.10N, where KEY may log in; prints its key
#   fresh-debian.sh off ROOT N
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")

make() {
  local files=$1
  [ ! -e "$files/complete" ] || return 0
  rm -rf "$files"
  mkdir -p "$files"
  command -v debootstrap > /dev/null || apt-get install -y -qq --no-install-recommends debootstrap > /dev/null
  debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,openssh-server bookworm "$files" \
    "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" > "$files.log" 2>&1
  rm -f "$files/var/cache/apt/archives"/*.deb
  chroot "$files" sh -c 'apt-get update -qq &&
    apt-get install -y -qq --no-install-recommends --download-only docker.io apparmor ca-certificates' \
    >> "$files.log" 2>&1
  touch "$files/complete"
}

boot() {
  local files=$1 root=$2 subnet=$3 n=$4 key=$5 id ns dir
  id=$(basename "$root") ns=$(basename "$root")-f$n dir=$root/fresh$n/systemd
  ip netns add "$ns"
  ip link add "f$n-$id" type veth peer name eth0 netns "$ns"
  ip link set "f$n-$id" master "br-$id" up
  ip -n "$ns" addr add "$subnet.10$n/24" dev eth0
  ip -n "$ns" link set eth0 up
  ip -n "$ns" link set lo up
  mkdir -p "$dir"
  LOWER=$files NETNS=$ns UNITS='dbus.service systemd-user-sessions.service' bash "$here/systemd.sh" boot "$dir"
  bash "$here/systemd.sh" run "$dir" sh -c "
    hostname fresh$n
    : > /etc/resolv.conf # Otherwise each name takes seconds, until it is not found.
    rm -f /etc/ssh/ssh_host_*
    ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
    install -d -m 700 /root/.ssh
    echo '$(cat "$key")' > /root/.ssh/authorized_keys
    systemctl start ssh" >&2
  cut -d' ' -f1,2 "$dir/root/etc/ssh/ssh_host_ed25519_key.pub" | sed "s/^/$subnet.10$n /"
}

off() {
  local root=$1 n=$2 id
  id=$(basename "$root")
  bash "$here/systemd.sh" down "$root/fresh$n/systemd"
  ip netns del "$id-f$n"
  ip link del "f$n-$id" 2> /dev/null || true
}

command=$1
shift
"$command" "$@"
