#!/usr/bin/env bash
# Tags a release tree: `release.sh <folder> <remote>`, in a checkout of the commit that was built. The tree becomes a
# commit without a parent; vX.Y.Z is pushed for good, the major tag moves, and the notes of CHANGELOG.md are printed.
set -euo pipefail

folder=$(cd "$1" && pwd)
remote=$2
version=$(node --print 'require(process.argv[1]).version' "$folder/package.json")
case "$version" in
  0.*) moving=v1 ;; # before 1.0 the interface already goes by v1
  *) moving="v${version%%.*}" ;;
esac

notes=$(awk -v version="$version" '/^## /{on = ($2 == version)} on && !/^## /' CHANGELOG.md)
if [ -z "${notes//[[:space:]]/}" ]; then
  echo "CHANGELOG.md says nothing under \"## $version\". Name the unreleased part so." >&2
  exit 65
fi
if [ -n "$(git ls-remote --tags "$remote" "refs/tags/v$version")" ]; then
  echo "v$version is there already, and a release is never changed. Raise the version in package.json." >&2
  exit 65
fi

index=$(mktemp -u)
trap 'rm -f "$index"' EXIT
GIT_INDEX_FILE="$index" git --work-tree="$folder" add --all --force -- :/
tree=$(GIT_INDEX_FILE="$index" git write-tree)
export GIT_AUTHOR_NAME=adaptive-deploy GIT_COMMITTER_NAME=adaptive-deploy
export GIT_AUTHOR_EMAIL=release@users.noreply.github.com GIT_COMMITTER_EMAIL=release@users.noreply.github.com
# An orphan: its only workflow is the one that the default branch holds too, which GITHUB_TOKEN may push.
commit=$(git commit-tree "$tree" -m "Release v$version" -m "Built from $(git rev-parse HEAD).")
git push --quiet "$remote" "$commit:refs/tags/v$version" >&2
git push --quiet --force "$remote" "$commit:refs/tags/$moving" >&2
printf '%s\n' "$notes"
