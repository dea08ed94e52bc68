#!/usr/bin/env bash
# `make run`: builds, makes demo data unless AIOPS_DB names a database, and opens
# the window; without a display it writes the report instead.
set -euo pipefail
cd "$(dirname "$0")/.."
display="${DISPLAY:-}${WAYLAND_DISPLAY:-}"
if [ -n "$display" ] || [ "$(uname)" = Darwin ]; then
  make --no-print-directory build
  scripts/packages.sh libgl1 libxcursor1 libxrandr2 libxinerama1 libxi6 libxxf86vm1
  bin=build/aiops
else
  make --no-print-directory static
  bin=build/aiops-headless
fi
if [ -z "${AIOPS_DB:-}" ]; then
  export AIOPS_DB="sqlite:$PWD/build/demo.db"
  [ -s build/demo.db ] || "$bin" generate
fi
if [ "$bin" = build/aiops ]; then
  exec "$bin"
fi
echo "There is no display, so here is the report instead of the window:"
exec "$bin" --export build/report
