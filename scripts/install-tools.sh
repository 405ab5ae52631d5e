#!/usr/bin/env bash
# Installs what the slower tests run beside Node: actionlint and act (Go), zizmor (Python). They live in a cache folder
# outside the clone; what is there already is left alone. Prints the folder of the programs as its last line.
set -euo pipefail

actionlint_version=1.7.12
act_version=0.2.89
zizmor_version=1.32.0

cache="${XDG_CACHE_HOME:-$HOME/.cache}/adaptive-deploy-tools"
bin="$cache/bin"
mkdir -p "$bin"

# One folder a version, so that another version of this file never finds an old program under the same name.
go_tool() {
  local name=$1 version=$2 module=$3
  if [ ! -x "$bin/$name-$version" ]; then
    echo "installing $name $version" >&2
    command -v go >/dev/null || { echo "Go is not installed: apt-get install golang, or see go.dev/doc/install." >&2; exit 69; }
    local folder
    folder=$(mktemp -d)
    GOBIN="$folder" go install "$module@v$version" >&2
    mv "$folder/$name" "$bin/$name-$version"
    rmdir "$folder"
  fi
  ln -sf "$name-$version" "$bin/$name"
}

go_tool actionlint "$actionlint_version" github.com/rhysd/actionlint/cmd/actionlint
go_tool act "$act_version" github.com/nektos/act

if [ ! -x "$cache/zizmor-$zizmor_version/bin/zizmor" ]; then
  echo "installing zizmor $zizmor_version" >&2
  rm -rf "$cache/zizmor-$zizmor_version"
  python3 -m venv "$cache/zizmor-$zizmor_version" >&2
  "$cache/zizmor-$zizmor_version/bin/pip" install --quiet --disable-pip-version-check "zizmor==$zizmor_version" >&2
fi
ln -sf "$cache/zizmor-$zizmor_version/bin/zizmor" "$bin/zizmor"

echo "$bin"
