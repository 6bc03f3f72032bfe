#!/usr/bin/env bash
# Installs docker compose 2 if it is missing. Debian 12 does not have it; the next release has it as a
# single file that needs nothing else.
set -euo pipefail
if docker compose version > /dev/null 2>&1; then exit; fi
echo "installing docker compose" >&2
trap 'echo "docker compose 2 could not be installed; install it" >&2' ERR

at=$(mktemp -d)
trap 'rm -rf "$at"' EXIT
cd "$at"
mkdir -p lists/partial archives/partial
mirrors() {
  apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' 'Created-By: Packages'
}
# A new machine has no lists yet.
[ -n "$(mirrors)" ] || apt-get update -qq > /dev/null
read -r mirror < <(mirrors)
keys=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keys] $mirror trixie main" > sources.list
apt=(-qq -o "Dir::Etc::sourcelist=$at/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State=$at"
  -o "Dir::Cache=$at" -o APT::Sandbox::User=root)
apt-get "${apt[@]}" update > /dev/null
apt-get "${apt[@]}" download docker-compose > /dev/null
dpkg-deb -x docker-compose_*.deb .
install -D -t /usr/local/lib/docker/cli-plugins usr/libexec/docker/cli-plugins/docker-compose
