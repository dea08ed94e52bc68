#!/usr/bin/env bash
# Sees to it that the tests find a Postgres server's programs: those that AIOPS_TEST_POSTGRES names, 16.9 from Maven where mvn is
# there, else Debian's. Prints nothing unless something is to be done.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -n "${AIOPS_TEST_POSTGRES:-}" ] && exit 0

version=16.9.0
cache=${XDG_CACHE_HOME:-$HOME/.cache}/aiops-test
[ "$(id -u)" -eq 0 ] && cache=/var/cache/aiops-test # the server refuses root, and another user must be able to read it
home=$cache/postgres-$version
[ -x "$home/bin/postgres" ] && exit 0

fetch() {
  local arch
  case $(uname -m) in
    x86_64) arch=amd64 ;;
    aarch64) arch=arm64v8 ;;
    *) return 1 ;;
  esac
  command -v mvn >/dev/null && command -v xz >/dev/null || return 1
  command -v unzip >/dev/null || command -v jar >/dev/null || return 1
  mkdir -p "$cache"
  local part
  part=$(mktemp -d "$cache/part.XXXXXX")
  trap 'rm -rf "$part"' RETURN
  local jar=embedded-postgres-binaries-linux-$arch
  echo "Fetching Postgres $version for the tests" >&2
  timeout 300 mvn -q -B dependency:copy -Dartifact="io.zonky.test.postgres:$jar:$version:jar" -DoutputDirectory="$part" >&2 || return 1
  if command -v unzip >/dev/null; then unzip -qo "$part/$jar-$version.jar" -d "$part"; else (cd "$part" && jar xf "$jar-$version.jar"); fi || return 1
  mkdir "$part/home" && tar -xJf "$part"/postgres-*.txz -C "$part/home" || return 1
  chmod -R a+rX "$part/home"
  mv -T "$part/home" "$home" 2>/dev/null || [ -x "$home/bin/postgres" ] # another run was faster
}

fetch && exit 0
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || compgen -G '/usr/local/pgsql/bin/postgres' >/dev/null && exit 0
command -v initdb >/dev/null && exit 0
exec scripts/packages.sh postgresql
