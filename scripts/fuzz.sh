#!/usr/bin/env bash
# Runs every fuzz test of the project for FUZZTIME each.
set -euo pipefail
cd "$(dirname "$0")/.."
grep -rlE '^func Fuzz' --include='*_test.go' . | sort | while read -r file; do
  dir=$(dirname "$file")
  grep -oE '^func Fuzz[A-Za-z0-9_]*' "$file" | sed 's/^func //' | while read -r name; do
    go test -tags ci,headless,migrated_fynedo -run '^$' -fuzz "^$name\$" -fuzztime "${FUZZTIME:-5s}" "$dir"
  done
done
