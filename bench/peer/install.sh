#!/usr/bin/env bash
# Puts each peer's packages into an environment of its own below the user's cache folder.
# PYTHON names another Python than the system's, which distributions build with optimisations that others often lack.
set -euo pipefail
cd "$(dirname "$0")"
python=${PYTHON:-$([ -x /usr/bin/python3 ] && echo /usr/bin/python3 || echo python3)}
for peer in original best; do
  env=${XDG_CACHE_HOME:-$HOME/.cache}/aiops-bench/peer-$peer
  [ -x "$env/bin/pip" ] || "$python" -m venv "$env"
  echo "$env: packages of bench/peer/$peer.txt"
  "$env/bin/pip" install -q --disable-pip-version-check -r "$peer.txt"
done
