"""What the cloud gives a function on its path: its context's folder, and the two layers, made of this checkout and .venv."""

import re
import shutil
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
# boto3 and what it needs are in the runtime too; the layer pins them.
_EVERYWHERE = {"python_version": "3.13", "sys_platform": "linux", "platform_system": "Linux"}


def runtime_distributions() -> dict[str, Distribution]:
    """The distributions that the dependencies layer holds, by normalised name: those of pyproject.toml, and theirs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    found: dict[str, Distribution] = {}
    waiting = [Requirement(text) for text in project["dependencies"]]
    while waiting:
        wanted = waiting.pop()
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        extras = wanted.extras or {""}
        known = found.setdefault(name, distribution(wanted.name))
        for text in known.requires or ():
            below = Requirement(text)
            if any(
                not below.marker or below.marker.evaluate({**_EVERYWHERE, "extra": extra}) for extra in extras
            ):
                below_name = re.sub(r"[-_.]+", "-", below.name).lower()
                if below_name not in found or below.extras:
                    waiting.append(below)
    return found


def make_layer(folder: Path) -> Path:
    """A folder that holds what the layers hold and nothing else, as links into the environment."""
    folder.mkdir()
    for found in runtime_distributions().values():
        for entry in _top_level(found):
            target = folder / entry.name
            if not target.exists():
                target.symlink_to(entry)
    # The layer leaves the migrations out.
    shutil.copytree(
        ROOT / "shared", folder / "shared", ignore=shutil.ignore_patterns("migrations", "__pycache__")
    )
    return folder


def make_package(context: str, folder: Path) -> Path:
    """A copy of the context's folder: what `sam build` packs for each of its functions."""
    return shutil.copytree(ROOT / "functions" / context, folder, ignore=shutil.ignore_patterns("__pycache__"))


def _top_level(found: Distribution) -> Iterator[Path]:
    for name in {file.parts[0] for file in found.files or () if ".." not in file.parts}:
        if name != "__pycache__":
            yield Path(str(found.locate_file(name)))
