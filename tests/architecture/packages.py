"""What the cloud gives a function on its path: its context's folder, and the two layers, made of this checkout and .venv."""

import re
import shutil
import tomllib
from importlib.metadata import Distribution, distribution
from importlib.util import cache_from_source
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement

from functions._generate.deployment import deployment_of
from functions._generate.discovery import Function
from layers.dependencies.trim import unneeded

ROOT = Path(__file__).parents[2]
# Layers that only some functions have, by the name that `deployment.toml` calls them, and what they hold.
EXTRA_LAYERS = {
    "sqlalchemy": ("sqlalchemy",),
    "pillow": ("pillow",),
    "documents": ("reportlab", "factur-x", "lxml", "pypdf", "iso4217"),
}
_BUILT = {
    "": ("DependenciesLayer", "SharedLayer"),
    "sqlalchemy": ("SqlAlchemyLayer",),
    "pillow": ("PillowLayer",),
    "documents": ("DocumentsLayer",),
}
# boto3 and what it needs are in the runtime too; the layer pins them.
_EVERYWHERE = {"python_version": "3.13", "sys_platform": "linux", "platform_system": "Linux"}


def runtime_distributions() -> dict[str, Distribution]:
    """The distributions that the layers hold, by normalised name: those of pyproject.toml, and theirs."""
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


class Layers:
    """The layers' folders: made below `folder` as links into the environment, or taken from `built`, where `sam build` made them."""

    def __init__(self, folder: Path, built: str | None = None) -> None:
        self._folder, self._built = folder, built
        self._known: dict[str, list[Path]] = {}

    def of(self, function: Function) -> list[str]:
        """What is on a function's path beyond its package."""
        names = ("", *deployment_of(function).layers)
        return [str(path) for name in names for path in self._made(name)]

    @property
    def base(self) -> list[str]:
        """What is on every function's path."""
        return [str(path) for path in self._made("")]

    def _made(self, name: str) -> list[Path]:
        if name not in self._known:
            self._known[name] = self._taken(name) if self._built else [self._link(name)]
        return self._known[name]

    def _taken(self, name: str) -> list[Path]:
        return [Path(str(self._built)) / layer / "python" for layer in _BUILT[name]]

    def _link(self, name: str) -> Path:
        if not name:
            return make_layer(self._folder / "dependencies")
        distributions = runtime_distributions()
        for each in EXTRA_LAYERS[name]:
            _link(self._folder / name, distributions[each])
        return self._folder / name


def make_layer(folder: Path) -> Path:
    """A folder that holds what every function's layers hold and nothing else, as links into the environment."""
    extra = {name for names in EXTRA_LAYERS.values() for name in names}
    for name, found in runtime_distributions().items():
        if name not in extra:
            _link(folder, found)
    # The layer leaves the migrations out.
    shutil.copytree(
        ROOT / "shared", folder / "shared", ignore=shutil.ignore_patterns("migrations", "__pycache__")
    )
    return folder


def make_package(context: str, folder: Path) -> Path:
    """A copy of the context's folder: what `sam build` packs for each of its functions."""
    return shutil.copytree(ROOT / "functions" / context, folder, ignore=shutil.ignore_patterns("__pycache__"))


def _link(folder: Path, found: Distribution) -> None:
    for file in found.files or ():
        path = PurePosixPath(file)
        if ".." in path.parts or "__pycache__" in path.parts or unneeded(path):
            continue
        source, target = Path(str(found.locate_file(file))), folder / path
        _point(target, source)
        # The layer has bytecode, too.
        compiled = Path(cache_from_source(source))
        if path.suffix == ".py" and compiled.exists():
            _point(Path(cache_from_source(target)), compiled)


def _point(link: Path, to: Path) -> None:
    if not link.exists():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(to)
