#!/bin/sh
# Makes sure that there is an HAProxy for the tests of deploy: from Debian's packages when run as root, otherwise it says what is missing.
set -eu

PATH=$PATH:/usr/sbin
if command -v haproxy >/dev/null; then
	exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
	echo "The tests of deploy need HAProxy 2.6 or newer. Install it (Debian: sudo apt-get install haproxy)." >&2
	exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends haproxy
