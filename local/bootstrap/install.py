"""Make .venv from uv.lock on a bare machine: find or bring uv, let it find or bring Python 3.13, install.

Called by bootstrap.sh with the fingerprint to leave in .venv/made-from. Standard library only, Python 3.8 or later.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bring_uv import ROOT, TOOLS, SetupFailed, bring_uv, find_uv, say

PYTHON = ROOT / ".venv" / "bin" / "python"
PYTHON_SERIES = "3.13"
PROGRESS_SECONDS = 5


def main(fingerprint: str) -> None:
    started = time.monotonic()
    try:
        TOOLS.mkdir(exist_ok=True)
        lock = (TOOLS / "lock").open("a")
    except OSError as error:
        raise SetupFailed(f"cannot write to {ROOT}: {error.strerror}") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made_from = ROOT / ".venv" / "made-from"
        if made_from.exists() and made_from.read_text().strip() == fingerprint and works(PYTHON):
            return  # Another goal, started at the same time, was first.
        sync(find_uv() or bring_uv())
        made_from.write_text(fingerprint + "\n")
    say(f"the packages are there, after {time.monotonic() - started:.0f} s")


def sync(uv: Path) -> None:
    """`uv sync --frozen`: with the pinned Python, downloaded if need be, else with another of its series."""
    say("installing what uv.lock names; the first time this may take a minute …")
    command = [str(uv), "sync", "--frozen", "--quiet"]
    told = watched_run(command)
    if "certificate" in told:
        # A network with a certificate authority of its own, which only the machine's store knows.
        os.environ.update(UV_SYSTEM_CERTS="true", UV_NATIVE_TLS="true")
        told = watched_run(command)
    if told and found(uv, PYTHON_SERIES) and not found(uv, (ROOT / ".python-version").read_text().strip()):
        told = watched_run([*command, "--python", PYTHON_SERIES])
    if told and not found(uv, PYTHON_SERIES):
        told += (
            f"\nThere is no Python {PYTHON_SERIES} here and uv could not download one: install it, or name a mirror"
            " in UV_PYTHON_INSTALL_MIRROR."
        )
    if told:
        raise SetupFailed(told)


def found(uv: Path, python: str) -> bool:
    command = [str(uv), "python", "find", "--no-python-downloads", "--no-project", python]
    looked = subprocess.run(command, check=False, capture_output=True, env=environment(), cwd=str(TOOLS))
    return looked.returncode == 0


def watched_run(command: list[str]) -> str:
    """Run it, with a line now and then; what it said if it failed, else nothing."""
    started = time.monotonic()
    with tempfile.TemporaryFile() as output:
        running = subprocess.Popen(
            command, cwd=str(ROOT), env=environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            while True:
                try:
                    code = running.wait(PROGRESS_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    say(f"… {time.monotonic() - started:.0f} s")
        except BaseException:
            running.kill()
            raise
        output.seek(0)
        said = output.read().decode(errors="replace").strip()
    return (said or f"{command[0]} ended with {code}") if code else ""


def environment() -> dict[str, str]:
    """Ours, without what would lead uv to another environment; its caches here where there is no usable home."""
    misleading = {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "UV_PYTHON", "PYTHONHOME", "PYTHONPATH"}
    clean = {name: value for name, value in os.environ.items() if name not in misleading}
    home = Path(os.path.expanduser("~"))
    if not writable(Path(clean.get("XDG_CACHE_HOME") or home / ".cache")):
        clean.setdefault("UV_CACHE_DIR", str(TOOLS / "cache"))
    if not writable(Path(clean.get("XDG_DATA_HOME") or home / ".local/share")):
        clean.setdefault("UV_PYTHON_INSTALL_DIR", str(TOOLS / "python"))
    if not home.is_absolute() or not os.access(str(home), os.R_OK | os.X_OK):
        clean["HOME"] = str(TOOLS)
    return clean


def writable(folder: Path) -> bool:
    """Whether `folder` can be written or made."""
    if not folder.is_absolute():
        return False
    with contextlib.suppress(OSError):
        return next(
            os.access(str(step), os.W_OK | os.X_OK) for step in (folder, *folder.parents) if step.exists()
        )
    return False


def works(python: Path) -> bool:
    with contextlib.suppress(OSError):
        return subprocess.run([str(python), "-c", ""], check=False, capture_output=True).returncode == 0
    return False


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except SetupFailed as failure:
        sys.exit(f"setup: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
