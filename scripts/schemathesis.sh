#!/usr/bin/env bash
# Runs schemathesis over a running service: scripts/schemathesis.sh http://127.0.0.1:8000
# Nothing may end in a 5xx, in a status that the document does not name, or in a body that its schema does not allow.
# Event streams are left out, as they do not end.
set -euo pipefail
base=${1:?usage: scripts/schemathesis.sh http://127.0.0.1:8000 [examples of each operation]}
tool=${SCHEMATHESIS:-}
[ -n "$tool" ] || tool=${XDG_CACHE_HOME:-$HOME/.cache}/aiops-test/schemathesis/bin/schemathesis
if [ ! -x "$tool" ]; then
  dir=$(dirname "$(dirname "$tool")")
  python3 -m venv "$dir"
  "$dir/bin/pip" install -q schemathesis==4.32.5
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$tool" run "$base/openapi.json" --exclude-path-regex 'events$' --phases "${PHASES:-examples,coverage,fuzzing,stateful}" -n "${2:-25}" \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,unsupported_method,allow_header_conformance \
  --suppress-health-check all --request-timeout 40 --no-color
