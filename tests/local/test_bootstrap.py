"""The bootstrap: nothing to do is quick, a broken uv on the PATH is survived, what was pinned is what is run."""

import importlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from local.postgres.places import CHECKOUT

_SCRIPTS = CHECKOUT / "local" / "bootstrap"


@pytest.fixture
def bring_uv() -> Iterator[ModuleType]:
    """The script as a module, imported as its own process would."""
    sys.path.insert(0, str(_SCRIPTS))
    yield importlib.import_module("bring_uv")
    sys.path.remove(str(_SCRIPTS))


@pytest.fixture
def install(bring_uv: ModuleType) -> ModuleType:
    """The other script."""
    return importlib.import_module("install")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What the shell script looks at, with an environment that is there already."""
    for name in (".python-version", "pyproject.toml", "uv.lock", "local/bootstrap.sh"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(CHECKOUT / name, tmp_path / name)
    (tmp_path / "local" / "bootstrap").mkdir()
    (tmp_path / "local" / "bootstrap" / "install.py").write_text(
        "import pathlib, sys\nprint('installing')\npathlib.Path('.venv/made-from').write_text(sys.argv[1] + '\\n')\n"
    )
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    return tmp_path


def _bootstrap(clone: Path, path: str | None = None) -> str:
    return subprocess.run(
        ["/bin/sh", "local/bootstrap.sh"], cwd=clone, env=os.environ | ({"PATH": path} if path else {}),
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip


def test_it_installs_once_and_again_only_when_what_decides_it_changed(clone: Path) -> None:
    assert [_bootstrap(clone) for _ in range(2)] == ["installing\n", ""]
    (clone / "uv.lock").write_text("another lock\n")
    assert [_bootstrap(clone) for _ in range(2)] == ["installing\n", ""]


def test_it_installs_again_when_the_environments_python_is_gone(clone: Path) -> None:
    _bootstrap(clone)
    (clone / ".venv" / "bin" / "python").unlink()
    (clone / ".venv" / "bin" / "python").symlink_to("/nowhere/python")
    assert _bootstrap(clone) == "installing\n"


def test_a_python_that_refuses_to_run_is_passed_over(clone: Path, tmp_path: Path) -> None:
    _script(tmp_path / "shims" / "python3", "echo 'version 9.9 is not installed' >&2; exit 1")
    _script(tmp_path / "others" / "python3.13", f'exec {sys.executable} "$@"')
    assert "installing\n" in _bootstrap(clone, f"{tmp_path}/shims:{tmp_path}/others:/usr/bin:/bin")


def test_a_uv_that_refuses_to_run_is_passed_over(
    bring_uv: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bring_uv, "TOOLS", tmp_path / "none")
    _script(tmp_path / "shims" / "uv", "echo 'uv: command not found' >&2; exit 127")
    monkeypatch.setenv("PATH", f"{tmp_path}/shims")
    assert bring_uv.find_uv() is None
    _script(tmp_path / "old" / "uv", "echo 'uv 0.4.1 (2024-08-30)'")
    _script(tmp_path / "good" / "uv", "echo 'uv 0.13.8 (x86_64-unknown-linux-gnu)'")
    monkeypatch.setenv("PATH", f"{tmp_path}/shims:{tmp_path}/old:{tmp_path}/good:/usr/bin:/bin")
    assert bring_uv.find_uv() == tmp_path / "good" / "uv"


def test_a_download_that_is_not_what_was_pinned_is_not_run(
    bring_uv: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, "w") as files:
        files.writestr(f"uv-{bring_uv.UV_VERSION}.data/scripts/uv", "#!/bin/sh\n")
    monkeypatch.setattr(bring_uv.urllib.request, "urlopen", lambda *_, **__: io.BytesIO(wheel.getvalue()))
    with pytest.raises(bring_uv.SetupFailed, match="is not what was pinned"):
        bring_uv.by_download(tmp_path / "uv")
    assert not (tmp_path / "uv").exists()


def test_every_pinned_wheel_is_of_the_pinned_version(bring_uv: ModuleType) -> None:
    assert all(f"/uv-{bring_uv.UV_VERSION}-" in path for path, _ in bring_uv.UV_WHEELS.values())


def test_without_a_usable_home_the_caches_are_in_the_checkout(
    install: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "TOOLS", tmp_path)
    monkeypatch.setenv("VIRTUAL_ENV", "/somebody/elses")
    for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "UV_CACHE_DIR", "UV_PYTHON_INSTALL_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/proc/1/nobody-can-write-here")
    found = install.environment()
    assert (found["UV_CACHE_DIR"], found["UV_PYTHON_INSTALL_DIR"]) == (
        f"{tmp_path}/cache",
        f"{tmp_path}/python",
    )
    assert "VIRTUAL_ENV" not in found


def _script(path: Path, body: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
