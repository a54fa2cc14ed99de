"""Find uv on this machine or bring the pinned one. Standard library only, Python 3.8 or later."""

from __future__ import annotations

import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"

UV_VERSION = "0.13.8"
# Older ones may not read uv.lock as it is.
UV_OLDEST = (0, 8)
# From https://pypi.org/simple/uv/: the wheel of each (system, machine, C library), and its SHA-256.
UV_WHEELS = {
    ("Linux", "x86_64", "glibc"): (
        "c5/32/52ee34636aea1ab3f8baeeae1c3599461b8cddfb379862cc72ac61b8d91c/uv-0.13.8-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "e18a57b8b352eb7c8feb317b9f6f533c8f0ad9673fd6cf34bbe3cf1a9f6a8984",
    ),
    ("Linux", "x86_64", "musl"): (
        "4d/a3/1ac9cd75985371da0d29c9c12132e6d5b5627b9d0de87c5ad97ab9ad69b0/uv-0.13.8-py3-none-musllinux_1_1_x86_64.whl",
        "29451c60f5e8b07403e0a175d5229efc36b0289b34143ff4aaa499a5dd52553a",
    ),
    ("Linux", "aarch64", "glibc"): (
        "78/cb/42aa2094f03371df6a0585bbd1b6c9c1d10861d71099d75142603d0d37e8/uv-0.13.8-py3-none-manylinux_2_28_aarch64.whl",
        "5337c30bb893b4f9ce0ceb921ba2da0d13f649da644f40ad3bef84083bef0203",
    ),
    ("Linux", "aarch64", "musl"): (
        "9e/f0/d989ac5fcebf83f1c8c5d78974f27788e8364945969eb646f5d0db35d924/uv-0.13.8-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl",
        "0b3e8b1a4f5e405e31e2ff33de8af4744831e9f7338539671efbd8c3c94e791d",
    ),
    ("Darwin", "x86_64", ""): (
        "be/7a/fd8a719c0198f8f8341847fc33b377f25ac79f7c4a56dbce5ceb086f239c/uv-0.13.8-py3-none-macosx_10_12_x86_64.whl",
        "b7124ca1956ec2e476a1003ea5715a15f0266afaec37f4dc9c6972ba8183e6d1",
    ),
    ("Darwin", "arm64", ""): (
        "84/46/deb3a1eb3020575e41d1f9840c07185761d8d4c25cd6f58e813afb017476/uv-0.13.8-py3-none-macosx_11_0_arm64.whl",
        "62b6943c7fd64fac6854f780bea6e0359e5a5bc3241f83ee357bb38276afac49",
    ),
}
UV_FILES = "https://files.pythonhosted.org/packages/"
DOWNLOAD_SECONDS = 120


class SetupFailed(Exception):
    """The message says what is missing and what to do."""


def find_uv() -> Path | None:
    """Ours, else one on the PATH that really runs here and is new enough."""
    folders = [str(own_uv().parent), *os.environ.get("PATH", "").split(os.pathsep)]
    for folder in folders:
        candidate = shutil.which("uv", path=folder) if folder else None
        if candidate and version_of(Path(candidate)) >= UV_OLDEST:
            return Path(candidate)
    return None


def own_uv() -> Path:
    return TOOLS / f"uv-{UV_VERSION}" / "bin" / "uv"


def version_of(uv: Path) -> tuple[int, ...]:
    """(0,) for what does not run, such as a version manager's shim without a version."""
    try:
        told = subprocess.run(
            [str(uv), "--version"], check=False, capture_output=True, text=True, timeout=20, cwd=str(ROOT)
        )
        return (
            tuple(int(part) for part in told.stdout.split()[1].split(".")[:2])
            if told.returncode == 0
            else (0,)
        )
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired):
        return (0,)


def bring_uv() -> Path:
    """Install the pinned uv below .tools, by whichever way this machine offers."""
    say(f"bringing uv {UV_VERSION} …")
    reasons: list[str] = []
    for way in (by_pip, by_pip_of_a_venv, by_download):
        with tempfile.TemporaryDirectory(dir=str(TOOLS)) as folder:
            target = Path(folder) / "uv"
            try:
                way(target)
                if version_of(target / "bin" / "uv") < UV_OLDEST:
                    raise SetupFailed("what was installed does not run")
            except (SetupFailed, OSError, subprocess.SubprocessError, zipfile.BadZipFile) as error:
                reasons.append(f"  {way.__name__}: {error}")
                continue
            shutil.rmtree(own_uv().parent.parent, ignore_errors=True)
            target.rename(own_uv().parent.parent)
            return own_uv()
    raise SetupFailed("uv could not be installed:\n" + "\n".join(reasons))


def by_pip(target: Path, python: str = sys.executable) -> None:
    """By pip, which knows this machine's mirrors and proxies; the hashes are ours all the same."""
    if subprocess.run([python, "-m", "pip", "--version"], check=False, capture_output=True).returncode:
        raise SetupFailed("this Python has no pip")
    wanted = target.with_name("uv.txt")
    wanted.write_text(
        f"uv=={UV_VERSION} " + " ".join(f"--hash=sha256:{digest}" for _, digest in UV_WHEELS.values())
    )
    checked_run(
        [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps", "--require-hashes",
         "--only-binary=:all:", "--target", str(target), "-r", str(wanted)]
    )  # fmt: skip


def by_pip_of_a_venv(target: Path) -> None:
    venv = target.with_name("venv")
    checked_run([sys.executable, "-m", "venv", str(venv)])
    by_pip(target, str(venv / "bin" / "python"))


def by_download(target: Path) -> None:
    """The wheel from PyPI's file store, by its SHA-256."""
    libc = "" if platform.system() != "Linux" else "glibc" if platform.libc_ver()[0] == "glibc" else "musl"
    machine = (platform.system(), platform.machine(), libc)
    if machine not in UV_WHEELS:
        raise SetupFailed(f"no uv is known for {' '.join(machine)}: install uv yourself")
    path, digest = UV_WHEELS[machine]
    with urllib.request.urlopen(UV_FILES + path, timeout=DOWNLOAD_SECONDS) as answer:
        wheel = answer.read()
    if hashlib.sha256(wheel).hexdigest() != digest:
        raise SetupFailed(f"{UV_FILES + path} is not what was pinned")
    (target / "bin").mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(wheel)) as files:
        (target / "bin" / "uv").write_bytes(files.read(f"uv-{UV_VERSION}.data/scripts/uv"))
    (target / "bin" / "uv").chmod(0o755)


def checked_run(command: list[str]) -> None:
    told = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if told.returncode:
        raise SetupFailed(told.stdout.decode(errors="replace").strip()[-500:])


def say(what: str) -> None:
    print(f"setup: {what}", file=sys.stderr, flush=True)
