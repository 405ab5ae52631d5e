#!/usr/bin/env bash
# Builds the control plane of test/real/kubernetes/plane and the Argo Rollouts controller, with its resource
# definitions, into a cache folder outside the clone, named by everything that they are built from. The first build
# takes four minutes and downloads 2.5 GB of Go modules. Prints the folder as its last line.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../test/real/kubernetes/plane"

cache="${XDG_CACHE_HOME:-$HOME/.cache}/adaptive-deploy-tools"
key=$(cat go.mod go.sum ./*.go "$here/install-kubernetes.sh" | sha256sum | cut -c1-16)
folder="$cache/kubernetes-$key"
mkdir -p "$cache"

# Two clones that start at once build it once.
exec 9>"$cache/kubernetes.lock"
flock 9

if [ ! -d "$folder" ]; then
  wanted=$(awk '$1 == "go" { print $2 }' go.mod)
  found=$(go env GOVERSION 2>/dev/null | sed 's/^go//') || found=
  # From 1.21 on, Go fetches the release that go.mod names, unless GOTOOLCHAIN forbids it.
  if [ -z "$found" ] || [ "$(printf '%s\n' 1.21 "$found" | sort -V | head -1)" != 1.21 ]; then
    echo "The control plane of the tests is built with Go $wanted, and here is ${found:-none}: see go.dev/doc/install." >&2
    exit 69
  fi
  echo "building the control plane and the Argo Rollouts controller: several minutes" >&2
  built=$(mktemp -d "$cache/building-XXXXXX")
  trap 'rm -rf "$built"' EXIT
  rollouts=github.com/argoproj/argo-rollouts
  CGO_ENABLED=0 nice -n 10 go build -mod=readonly -trimpath -ldflags '-s -w' -o "$built/" . "$rollouts/cmd/rollouts-controller" >&2
  mkdir "$built/crds"
  install -m 644 "$(go list -m -f '{{.Dir}}' "$rollouts")"/manifests/crds/*-crd.yaml "$built/crds/"
  chmod 755 "$built"
  mv "$built" "$folder"
fi

# What no clone asked for in two weeks goes.
touch "$folder"
find "$cache" -maxdepth 1 \( -name 'kubernetes-*' -o -name 'building-*' \) -mtime +14 -exec rm -rf {} +

echo "$folder"
