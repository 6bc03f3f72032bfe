#!/usr/bin/env bash
# A system that runs a systemd of its own: in namespaces, on a copy of files that vanishes with it.
#
# DIR is two levels below a testbed's. The files are those of LOWER, and the network is that of the namespace
# NETNS; by default both are this machine's. UNITS are started besides the journal.
#
#   systemd.sh boot DIR
#   systemd.sh run DIR COMMAND...  runs a command there
#   systemd.sh down DIR
set -euo pipefail

dir=$2
root=$dir/root

boot() {
  mkdir -p "$dir/disk" "$root" "$dir/cgroup"
  mount -t tmpfs tmpfs "$dir/disk"
  mkdir "$dir/disk/upper" "$dir/disk/work"
  mount -t overlay overlay -o "lowerdir=${LOWER:-/},upperdir=$dir/disk/upper,workdir=$dir/disk/work" "$root"
  # Nothing else runs besides what the test starts.
  rm -rf "$root"/etc/systemd/system/*.{wants,requires,target}
  printf '[Unit]\nRequires=%s\nAfter=%s\n' "systemd-journald.service ${UNITS:-}" \
    systemd-journald.service > "$root/etc/systemd/system/test.target"
  mount -t cgroup2 cgroup2 "$dir/cgroup"
  mkdir "$dir/cgroup/$(group)"
  setsid ${NETNS:+nsenter --net=/var/run/netns/$NETNS} bash "$0" init "$dir" > "$dir/log" 2>&1 < /dev/null &
  echo $! > "$dir/outer"
  # The testbed ends it if the test does not.
  echo $! >> "$dir/../../pids"
  for _ in $(seq 100); do
    children > "$dir/pid" && run systemctl list-units > /dev/null 2>&1 && return
    sleep 0.1
  done
  cat "$dir/log" >&2
  return 1
}

group() {
  echo "dowding-test-$(basename "$(dirname "$dir")")"
}

# The first process of the new pid namespace.
children() {
  local outer
  outer=$(cat "$dir/outer")
  [ "$(cat "/proc/$outer/comm")" = unshare ] && grep -o '[0-9]*' "/proc/$outer/task/$outer/children"
}

init() {
  echo $$ > "$dir/cgroup/$(group)/cgroup.procs"
  exec unshare --mount --pid --fork --kill-child --cgroup --ipc --uts bash "$0" pivot "$dir"
}

pivot() {
  mount --make-rprivate /
  mount --bind "$root" "$root"
  cd "$root"
  mount -t proc proc proc
  mount -t sysfs sysfs sys
  mount -t cgroup2 cgroup2 sys/fs/cgroup
  mount -t tmpfs tmpfs run
  mount -t tmpfs tmpfs tmp
  mount --rbind /dev dev
  # An engine cannot keep its files on an overlay.
  [ -z "${LOWER:-}" ] || { mkdir -p var/lib/docker && mount -t tmpfs tmpfs var/lib/docker; }
  mkdir -p old
  pivot_root . old
  cd /
  umount -l /old
  # Credentials reach a service by a mount that is passed on to it.
  mount --make-rshared /
  exec env -i PATH="$PATH" container=test /lib/systemd/systemd --system --unit=test.target --show-status=no
}

run() {
  nsenter -t "$(cat "$dir/pid")" -m -p -C -i -u -n env -u XDG_RUNTIME_DIR SYSTEMD_PAGER= "$@"
}

down() {
  set +e
  # Its first process goes with it, and takes all others along.
  kill -KILL "$(cat "$dir/outer")"
  for _ in $(seq 100); do
    find "$dir/cgroup/$(group)" -depth -type d -exec rmdir {} \; 2> /dev/null
    [ -d "$dir/cgroup/$(group)" ] || break
    sleep 0.1
  done
  umount "$dir/cgroup" "$root" "$dir/disk"
  rm -rf "$dir"
}

command=$1
shift 2
"$command" "$@"
