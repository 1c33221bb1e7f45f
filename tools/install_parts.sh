#!/bin/sh
# Sees to it that the named parts are on this machine: make, python, chromium, postgis, redis.
# Root on Debian or Ubuntu: installs what is missing. Otherwise: says what to install, and fails.
set -eu

present() {
    case $1 in
    make) command -v make >/dev/null ;;
    python) python3 -c 'import venv, ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ;;
    chromium)
        [ -n "${HUB_CHROMIUM:-}" ] || command -v chromium >/dev/null ||
            command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ;;
    postgis)
        { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1 &&
            ls /usr/share/postgresql/*/extension/postgis.control \
                "$(pg_config --sharedir 2>/dev/null)/extension/postgis.control" 2>/dev/null |
            grep -q . ;;
    redis) command -v redis-server >/dev/null || command -v valkey-server >/dev/null ;;
    *) echo "install_parts.sh: no part named $1" >&2; exit 2 ;;
    esac
}

packages_of() {
    case $1 in
    make) echo make ;;
    python) echo python3 python3-venv ;;
    chromium) echo chromium ;;
    postgis) echo postgresql postgresql-postgis ;;
    redis) echo redis-server ;;
    esac
}

missing=
packages=
for part in "$@"; do
    if ! present "$part"; then
        missing="$missing $part"
        packages="$packages $(packages_of "$part")"
    fi
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Missing:$missing. Install them (Debian: apt-get install$packages) and try again." >&2
    exit 1
fi

export DEBIAN_FRONTEND=noninteractive
echo "==> Installing:$packages"
for attempt in 1 2 3; do
    # shellcheck disable=SC2086  # one word for each package
    if apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages >/dev/null; then
        for part in $missing; do
            present "$part" || { echo "$part is still missing after apt-get install" >&2; exit 1; }
        done
        exit 0
    fi
    echo "apt-get failed (attempt $attempt of 3)" >&2
    sleep $((attempt * 5))
done
exit 1
