#!/bin/sh
# Makes .venv: execgate itself (editable) and everything that uv.lock names, at exactly those versions.
#
# Takes uv where it is on the PATH, otherwise venv and pip, which then fetch uv into .venv.  PYTHON picks the
# interpreter; without it the first supported one on the PATH is taken.  A second run does nothing until
# pyproject.toml, uv.lock, the interpreter or the folder has changed.
set -eu
unset CDPATH VIRTUAL_ENV PYTHONHOME PYTHONPATH
cd "$(dirname "$0")/.."

VENV=.venv
STAMP=$VENV/execgate-setup
EXTRA=pyautogen
LOG=.setup.log

say() { printf '%s\n' "$*" >&2; }
die() { say "setup: $*"; exit 1; }

# Runs a command quietly; shows what it said only if it fails.
quietly() {
    if "$@" >"$LOG" 2>&1; then rm -f "$LOG"; return 0; fi
    sed 's/^/  | /' "$LOG" >&2
    rm -f "$LOG"
    return 1
}

# A pyenv shim or a broken link is on the PATH and still no interpreter, so each candidate is run.
supported() { "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1; }
makes_environments() { "$1" -c 'import venv, ensurepip' >/dev/null 2>&1; }
version() { "$1" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])'; }
minor() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])'; }
has_uv() { uv --version >/dev/null 2>&1; }

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        supported "$PYTHON" || die "PYTHON=$PYTHON is no Python 3.10 to 3.13"
        printf '%s\n' "$PYTHON"
        return
    fi
    if supported "$VENV/bin/python"; then
        # The one that was picked before, rather than another that has turned up since.
        "$VENV/bin/python" -c 'import sys; print(sys._base_executable)'
        return
    fi
    second_best=
    for candidate in python3.12 python3.11 python3.13 python3.10 python3 python; do
        supported "$candidate" || continue
        if has_uv || makes_environments "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
        second_best=${second_best:-$candidate}
    done
    [ -n "$second_best" ] || die "no Python 3.10 to 3.13 found; install one, or name it: make PYTHON=/path/to/python"
    printf '%s\n' "$second_best"
}

# What .venv was made from; one that is made from the same needs no work.
recipe() {
    sha256sum uv.lock pyproject.toml
    printf 'folder %s\nextra %s\npython %s\n' "$PWD" "$EXTRA" "$1"
}

up_to_date() {
    [ -r "$STAMP" ] && found=$("$VENV/bin/python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || return 1
    if [ -n "${PYTHON:-}" ]; then supported "$PYTHON" && [ "$(version "$PYTHON")" = "$found" ] || return 1; fi
    [ "$(recipe "$found")" = "$(cat "$STAMP")" ]
}

install_venv_module() {
    package=python$(minor "$python")-venv
    case $("$python" -c 'import sys; print(sys.base_prefix)') in
        /usr) ;;
        *) die "$python can make no virtual environment (no ensurepip); name another: make PYTHON=/path/to/python" ;;
    esac
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        die "$python can make no virtual environment; run \`apt-get install $package\` as root, or install uv"
    fi
    say "setup: installing $package"
    export DEBIAN_FRONTEND=noninteractive
    quietly apt-get -qq update || say "setup: the package lists could not be refreshed; trying with those there are"
    quietly apt-get -qq -y install "$package" || die "could not install $package"
    makes_environments "$python" || die "$python can make no virtual environment, even with $package"
}

sync_with() { quietly "$@" sync --frozen --extra "$EXTRA" --python "$python"; }

with_pip() {
    makes_environments "$python" || install_venv_module
    if ! [ -x "$VENV/bin/python" ] || ! "$VENV/bin/python" -m pip --version >/dev/null 2>&1 \
        || [ "$(version "$VENV/bin/python")" != "$(version "$python")" ]; then
        quietly "$python" -m venv --clear "$VENV" || die "could not make $PWD/$VENV"
    fi
    pip() { quietly "$VENV/bin/python" -m pip install "$@"; }
    pip 'uv>=0.8,<1' || die "pip could not fetch uv; is a package index reachable from this machine?"
    [ "$1" = lock-only ] || ! sync_with "$VENV/bin/uv" || return 0
    # uv goes where the lock says; pip goes where this machine's pip.conf says, which may be a mirror.
    say "setup: uv could not install the packages; trying the same versions with pip"
    quietly "$VENV/bin/uv" export --frozen --extra "$EXTRA" --no-emit-project --output-file "$VENV/requirements.txt" \
        && pip -r "$VENV/requirements.txt" && pip --no-deps --editable .
}

if up_to_date; then exit 0; fi
python=$(find_python)
python=$("$python" -c 'import sys; print(sys.executable)')
[ ! -e "$VENV" ] || [ -w "$VENV" ] || die "$PWD/$VENV belongs to someone else; remove it or work in a checkout of your own"
[ -w . ] || die "$PWD is not writable; work in a checkout of your own"

# The machine's own certificates, as pip takes them; a company's proxy is in no list that uv brings along.
[ -n "${UV_SYSTEM_CERTS:-}" ] || ! [ -r /etc/ssl/certs/ca-certificates.crt ] || export UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1
export UV_PROJECT_ENVIRONMENT=$VENV UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1 PIP_DISABLE_PIP_VERSION_CHECK=1
cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}
mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ] || export UV_CACHE_DIR="$PWD/$VENV/cache" PIP_NO_CACHE_DIR=1

started=$(date +%s)
rm -f "$STAMP"
if has_uv; then
    say "setup: making $VENV for Python $(version "$python") with uv"
    sync_with uv || with_pip lock-only || die "the packages could not be installed, see above; is a package index reachable from this machine?"
else
    say "setup: making $VENV for Python $(version "$python") with venv and pip"
    with_pip sync || die "the packages could not be installed, see above; is a package index reachable from this machine?"
fi
recipe "$(version "$VENV/bin/python")" >"$STAMP"
rm -rf "$VENV/cache"
say "setup: done in $(($(date +%s) - started)) s"
