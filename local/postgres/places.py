"""Where PostgreSQL's files live: `<checkout>/.local/postgres`, or where the account that runs PostgreSQL can reach."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from local.postgres.installation import account

CHECKOUT = Path(__file__).resolve().parents[2]
_OUTSIDE = (Path("/var/lib"), Path("/var/tmp"), Path(tempfile.gettempdir()))


def home(checkout: Path = CHECKOUT) -> Path:
    """The folder for everything of PostgreSQL, made if need be; a real path that the account can enter.

    When it cannot enter the checkout (root's, below a 0700 home), `.local/postgres` is a link to the folder outside.
    """
    entry = checkout / ".local" / "postgres"
    entry.parent.mkdir(exist_ok=True)
    if entry.is_symlink() and entry.exists():
        return entry.resolve()
    if account().reaches(entry.parent):
        if entry.is_symlink():
            entry.unlink()
        enterable(entry)
        return entry.resolve()
    outside = _outside(checkout)
    # Nothing links to it any more: left by a checkout that was here before, or whose .local was deleted by hand.
    shutil.rmtree(outside, ignore_errors=True)
    if entry.is_symlink():
        entry.unlink()
    elif entry.is_dir():
        # The checkout was closed to others since the last run: the data moves along.
        shutil.move(entry, outside)
    enterable(outside)
    entry.symlink_to(outside)
    return outside


def remove(checkout: Path = CHECKOUT) -> None:
    """Delete all of it, inside or outside the checkout."""
    entry = checkout / ".local" / "postgres"
    if entry.exists():
        shutil.rmtree(entry.resolve())
    if entry.is_symlink():
        entry.unlink()


def _outside(checkout: Path) -> Path:
    name = f"comptoir-{checkout.name}-{hashlib.sha256(os.fsencode(checkout)).hexdigest()[:8]}"
    for parent in _OUTSIDE:
        if parent.is_dir() and os.access(parent, os.W_OK) and account().reaches(parent):
            return parent / name
    return _OUTSIDE[-1] / name


def enterable(folder: Path) -> None:
    """Make `folder`, such that the account may enter it whatever our umask is."""
    folder.mkdir(mode=0o755, exist_ok=True)
    if account().switched:
        folder.chmod(0o755)
