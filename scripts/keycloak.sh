#!/usr/bin/env bash
# Sees to it that the tests find a Keycloak: the one that AIOPS_TEST_KEYCLOAK names, else 26.4.7 from Maven, kept for the next run.
# Prints nothing unless something is to be done.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -n "${AIOPS_TEST_KEYCLOAK:-}" ] && exit 0

version=26.4.7
cache=${XDG_CACHE_HOME:-$HOME/.cache}/aiops-test
home=$cache/keycloak-$version
[ -x "$home/bin/kc.sh" ] && exit 0

command -v java >/dev/null || scripts/packages.sh openjdk-17-jre-headless
command -v mvn >/dev/null || scripts/packages.sh maven
mkdir -p "$cache"
part=$(mktemp -d "$cache/part.XXXXXX")
trap 'rm -rf "$part"' EXIT
zip=keycloak-quarkus-dist
echo "Fetching Keycloak $version for the tests" >&2
timeout 600 mvn -q -B dependency:copy -Dartifact="org.keycloak:$zip:$version:zip" -DoutputDirectory="$part" >&2
if command -v unzip >/dev/null; then unzip -qo "$part/$zip-$version.zip" -d "$part"; else (cd "$part" && jar xf "$zip-$version.zip"); fi
chmod +x "$part/keycloak-$version/bin/"*.sh
"$part/keycloak-$version/bin/kc.sh" build --db=dev-file >/dev/null # what `start --optimized` needs
mv -T "$part/keycloak-$version" "$home" 2>/dev/null || [ -x "$home/bin/kc.sh" ] # another run was faster
