#!/bin/bash
# Runs the adapter tests against each generation of classic AutoGen that is served; needs uv and a package index.
#
#   tests/adapters/matrix.sh [FOLDER [NAME...]]
#
# One environment each is kept in FOLDER (by default below the temporary folder), so that a second run is fast.
# NAMEs pick among those below; whatever stands in PYTEST_ARGS goes to pytest.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

folder=${1:-${TMPDIR:-/tmp}/execgate-matrix}
shift $(($# > 0 ? 1 : 0))
wanted=" $* "
mkdir -p "$folder"

failed=0
while read -r name python requirement; do
    if [ "$wanted" != "  " ] && [[ "$wanted" != *" $name "* ]]; then continue; fi
    environment=$folder/$name
    if [ ! -e "$environment/ready" ]; then
        { uv venv --clear --python "$python" "$environment" &&
            uv pip install --python "$environment/bin/python" -e . "$requirement" 'setuptools<80' \
                pytest pytest-timeout pytest-socket pytest-xdist hypothesis sybil &&
            touch "$environment/ready"; } >"$environment.log" 2>&1 ||
            { echo "$name: can't be installed, see $environment.log"; failed=1; continue; }
    fi
    # The older ones warn of much that is not ours to mend.
    summary=$("$environment/bin/python" -m pytest tests/adapters -q -p no:cacheprovider -o filterwarnings= \
        -m 'not engine' ${PYTEST_ARGS:-} 2>&1 | tee "$environment.log" | tail -n 1)
    [ "${PIPESTATUS[0]}" -eq 0 ] || failed=1
    [[ "$summary" == *passed* && "$summary" != *failed* && "$summary" != *error* ]] || failed=1
    echo "$name ($requirement, Python $python): $summary"
done <<'VERSIONS'
pyautogen-0.2.19 3.11 pyautogen==0.2.19
pyautogen-0.2.35 3.11 pyautogen==0.2.35
pyautogen-0.3 3.11 pyautogen>=0.3,<0.4
pyautogen-0.9-py310 3.10 pyautogen>=0.9,<0.10
pyautogen-0.9-py313 3.13 pyautogen>=0.9,<0.10
agentchat-0.2 3.11 autogen-agentchat>=0.2.36,<0.3
ag2-0.9 3.11 ag2[openai]>=0.9.7,<0.10
ag2-0.14 3.12 ag2[openai]>=0.14,<0.15
VERSIONS
exit $failed
