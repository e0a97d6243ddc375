#!/bin/sh
# Find a Chromium or Chrome, or install Debian's where this user may; else say how, and let the browser tests be skipped.
for name in chromium chromium-browser google-chrome chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then root=""; elif sudo -n true 2>/dev/null; then root="sudo -n"; else root="no"; fi
    if [ "$root" != no ]; then
        echo "Installing Debian's chromium for the browser tests ..."
        $root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq chromium >/dev/null && exit 0
    fi
fi
echo "NO BROWSER: the browser tests will be skipped. To run them:  sudo apt-get install chromium   (or install Chrome)" >&2
exit 0
