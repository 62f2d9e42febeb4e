#!/bin/sh
# Installs Chromium for the browser tests from Debian's packages when run as root; otherwise it says what is missing.
set -eu

for browser in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome; do
	if [ -n "$browser" ] && command -v "$browser" >/dev/null; then
		exit 0
	fi
done
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
	echo "The browser tests need Chromium. Install it (Debian: sudo apt-get install chromium), or set CHROMIUM to its path." >&2
	exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core
