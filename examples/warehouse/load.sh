#!/bin/sh
# Brings the mirrors in a directory up to date and loads them into PostgreSQL:
#
#     load.sh MIRRORS DATABASE
#
# MIRRORS has a `git clone --mirror` of each repository, DATABASE is what psql -d
# takes. What cannot be fetched or read is reported, and the status is 1; all else is
# loaded. The script comes in a file, so that one which is not complete is not loaded.
set -eu
mirrors=$1 database=$2 status=0

for repo in "$mirrors"/*.git; do
  git -C "$repo" fetch -q --prune || status=1
done

script=$(mktemp)
trap 'rm -f "$script"' EXIT
handoff export -q --format postgres --force -o "$script" --all-repos "$mirrors" || status=1
[ -s "$script" ] || exit 1
psql -X -q -d "$database" -f "$script"
exit "$status"
