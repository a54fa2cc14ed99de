#!/bin/sh
# `sh local/bootstrap.sh`: .venv becomes what uv.lock says. Needs some Python 3.8 or later, nothing else.
# A few milliseconds when nothing changed since the last time.
cd "$(dirname "$0")/.." || exit 1
wanted=$(cat .python-version pyproject.toml uv.lock local/bootstrap/*.py | cksum)
[ "$wanted" = "$(cat .venv/made-from 2>/dev/null)" ] && [ -x .venv/bin/python ] && exit 0

# The first python3 may be a version manager's shim that refuses to run here.
for python in python3 /usr/bin/python3 /usr/local/bin/python3 python3.14 python3.13 python3.12 python3.11 python; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' >/dev/null 2>&1; then
        exec "$python" local/bootstrap/install.py "$wanted"
    fi
done
echo "setup: no Python 3.8 or later was found: install python3" >&2
exit 1
