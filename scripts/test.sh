#!/bin/sh
# Runs the tests, starting a Docker engine first where that is possible.
#
#   scripts/test.sh [--coverage] [pytest's arguments]
#
# Without an engine the tests that need one fail where CI=true; elsewhere they are left out, and the summary
# says so.  --coverage also holds the floors of scripts/coverage_floors.py.
set -eu
unset CDPATH
cd "$(dirname "$0")/.."

coverage=
if [ "${1:-}" = --coverage ]; then coverage=yes; shift; fi

set -- --numprocesses 3 --dist loadgroup "$@"
if scripts/engine.sh; then :; else
    status=$?
    [ "$status" -eq 3 ] || exit "$status"
    [ "${CI:-}" = true ] || set -- -m "not engine" "$@"
fi

if [ -z "$coverage" ]; then exec .venv/bin/python -m pytest "$@"; fi

status=0
.venv/bin/python -m pytest --cov --cov-report= "$@" || status=$?
.venv/bin/python scripts/coverage_floors.py || [ "$status" -ne 0 ] || status=1
exit "$status"
