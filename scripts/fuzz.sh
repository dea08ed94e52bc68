#!/usr/bin/env bash
# Runs every fuzz test of the project for FUZZTIME each.
set -euo pipefail
cd "$(dirname "$0")/.."

fuzz() { # name, folder
  go test -tags ci,headless,migrated_fynedo -run '^$' -fuzz "^$1\$" -fuzztime "${FUZZTIME:-5s}" "$2" 2>&1
}

grep -rlE '^func Fuzz' --include='*_test.go' . | sort | while read -r file; do
  dir=$(dirname "$file")
  grep -oE '^func Fuzz[A-Za-z0-9_]*' "$file" | sed 's/^func //' | while read -r name; do
    if out=$(fuzz "$name" "$dir"); then
      echo "$out"
      continue
    fi
    echo "$out"
    # A worker that is busy when the time is over makes Go report a failure without an input: once more.
    grep -q 'Failing input' <<<"$out" && exit 1
    grep -q 'context deadline exceeded' <<<"$out" || exit 1
    fuzz "$name" "$dir"
  done
done
