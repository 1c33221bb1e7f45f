#!/bin/sh
# Makes .venv with the first Python that will do, and puts the locked uv into it.
set -eu

say() { printf '==> %s\n' "$*"; }
fail() { printf '\nCannot set up: %s\n\n' "$*" >&2; exit 1; }

version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }
will_do() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2])' 2>/dev/null; }

python=
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if command -v "$candidate" >/dev/null 2>&1 && will_do "$candidate"; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    found=$(command -v python3 >/dev/null 2>&1 && version_of python3 || true)
    fail "Python 3.11 or newer is needed; python3 is ${found:-not on the path}.
Install it (Debian: apt-get install python3 python3-venv), or name one: make setup PYTHON=/path/to/python3.12"
fi
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    fail "$python ($(version_of "$python")) has no venv module.
Install it (Debian: apt-get install python3-venv)."

if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    say "Making .venv with $python ($(version_of "$python"))"
    "$python" -m venv --clear .venv || fail "$python could not make .venv."
fi

# uv from its entry in the lock, so that it too is held to its hashes.
awk '/^uv==/ { wanted = 1 } wanted { print } wanted && !/\\$/ { exit }' requirements.lock >.venv/uv.txt
[ -s .venv/uv.txt ] || fail "requirements.lock has no uv; make it again by make lock."
say "Getting the installer (uv)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
    --require-hashes -r .venv/uv.txt || fail "uv could not be installed; is there a network?"
