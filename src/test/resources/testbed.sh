#!/usr/bin/env bash
# Several Docker hosts on one machine: a network namespace with an address each, on one bridge, and in
# it an engine in mount and pid namespaces of its own, so that when it goes nothing of it stays.
#
#   testbed.sh up ROOT SUBNET          SUBNET such as 10.213.7
#   testbed.sh host ROOT SUBNET N      starts the host with this number and the address .1N; 1 is first
#   testbed.sh boot ROOT SUBNET N [DISK]   starts a host that was powered off, perhaps with another disk
#   testbed.sh off ROOT N                  its power fails
#   testbed.sh down ROOT
#   testbed.sh reap ROOT PID           waits for PID to end, however it ends, then does `down`
set -u

root=$2
id=$(basename "$root")

up() {
  local subnet=$1
  ip link add "br-$id" type bridge || exit 1
  ip addr add "$subnet.1/24" dev "br-$id"
  ip link set "br-$id" up
  [ ! -e /proc/sys/net/bridge/bridge-nf-call-iptables ] ||
    echo 0 > /proc/sys/net/bridge/bridge-nf-call-iptables
}

host() {
  local subnet=$1 n=$2 dir="$root/h$2" ns="$id-h$2" veth="v$2-$id"
  echo "$n" > "$root/hosts"
  mkdir -p "$dir/etc" "$dir/data" "$dir/other"
  # A disk of its own, that can be full.
  mount -t tmpfs -o size=512m tmpfs "$dir/data"
  mount -t tmpfs -o size=512m tmpfs "$dir/other"
  ip netns add "$ns"
  ip link add "$veth" type veth peer name eth0 netns "$ns"
  ip link set "$veth" master "br-$id" up
  ip -n "$ns" addr add "$subnet.1$n/24" dev eth0
  ip -n "$ns" link set eth0 up
  ip -n "$ns" link set lo up
  mkdir -p /etc/docker
  boot "$subnet" "$n"
}

boot() {
  local subnet=$1 n=$2 disk=${3:-data} dir="$root/h$2" ns="$id-h$2"
  rm -f "$dir/pid"
  # Engines of 20.10 keep their id in /etc/docker: each host gets one of its own. An engine that dies
  # is started again, as systemd would.
  nsenter --net="/var/run/netns/$ns" setsid unshare --mount --pid --fork --kill-child --mount-proc \
    bash -c "mount --bind '$dir/etc' /etc/docker
      while :; do
        dockerd --data-root '$dir/$disk' --exec-root '$dir/exec' --pidfile '$dir/pid' \
          --cgroup-parent '$id' --insecure-registry '$subnet.1:5001' \
          -H 'unix://$dir/docker.sock' -H 'tcp://$subnet.1$n:2375' --tls=false
        sleep 1
      done" >> "$dir/log" 2>&1 < /dev/null &
}

off() {
  local ns="$id-h$1" pid
  for pid in $(ip netns pids "$ns" 2>/dev/null); do kill -CONT "$pid" 2>/dev/null; done
  # The first process of a pid namespace takes all others with it.
  for pid in $(ip netns pids "$ns" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null; done
  for _ in $(seq 50); do [ -n "$(ip netns pids "$ns" 2>/dev/null)" ] || break; sleep 0.1; done
}

down() {
  [ -d "$root" ] || return 0
  local n pid start
  # Numbers of processes that have ended are used again.
  while read -r pid start; do
    [ "$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -d' ' -f20)" = "$start" ] || continue
    kill -CONT "$pid" 2>/dev/null
    kill -KILL "$pid" 2>/dev/null
  done < <(cat "$root/pids" 2>/dev/null)
  for n in $(seq "$(cat "$root/hosts" 2>/dev/null || echo 0)"); do
    local ns="$id-h$n" dir="$root/h$n"
    off "$n"
    ip netns del "$ns" 2>/dev/null
    ip link del "v$n-$id" 2>/dev/null
    grep -F " $dir/" /proc/self/mountinfo | cut -d' ' -f5 | sort -r | xargs -r umount -l 2>/dev/null
  done
  grep -F " $root/" /proc/self/mountinfo | cut -d' ' -f5 | sort -r | xargs -r umount -l 2>/dev/null
  ip link del "br-$id" 2>/dev/null
  find /sys/fs/cgroup -depth -type d \( -path "*/$id" -o -path "*/$id/*" \) -exec rmdir {} \; 2>/dev/null
  rm -rf "$root" 2>/dev/null || { sleep 1; rm -rf "$root"; }
}

reap() {
  while kill -0 "$1" 2>/dev/null; do sleep 0.5; done
  down
}

command=$1
shift 2
"$command" "$@"
