#!/usr/bin/env bash
# Builds the real update server of the slower tests: Eclipse hawkBit as the application in test/real/ota/hawkbit-server.
# It lives in a cache folder outside the clone, under the hash of its sources: others are built anew, beside it.
# Prints the program's path as its last line.
set -euo pipefail

sources="$(cd "$(dirname "${BASH_SOURCE[0]}")/../test/real/ota/hawkbit-server" && pwd)"
hash=$(cd "$sources" && find pom.xml src -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-16)
program="${XDG_CACHE_HOME:-$HOME/.cache}/adaptive-deploy-tools/hawkbit-server-$hash.jar"

if [ ! -f "$program" ]; then
  echo "building hawkBit" >&2
  command -v mvn >/dev/null || { echo "Maven is not installed: apt-get install maven openjdk-17-jdk-headless" >&2; exit 69; }
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  cp -r "$sources/pom.xml" "$sources/src" "$folder"
  mvn --batch-mode --quiet --no-transfer-progress --file "$folder/pom.xml" package >&2
  mkdir -p "$(dirname "$program")"
  # Whole or not there at all, also where it is built twice at a time.
  cp "$folder/target/hawkbit-server.jar" "$program.$$"
  mv "$program.$$" "$program"
fi

echo "$program"
