"""The embedded PostgreSQL: whoever is killed, whatever is left behind, the next start is clean and the data is there."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from local.postgres import AlreadyRunning, PortTaken, PostgreSQL, home, places
from local.postgres.installation import account
from local.postgres.ownership import alive
from shared.migrations.provision import ROLES, provision, url_as
from shared.migrations.upgrade import revisions, upgrade

_SERVE = """
import sys, time
from pathlib import Path
from local.postgres import PostgreSQL
server = PostgreSQL(Path(sys.argv[1]))
server.start()
print(server.urls.owner, server.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """Where one server's files live, below a folder that the account which runs it can enter."""
    folder = home() / "tests" / f"launcher-{uuid4().hex}"
    places.enterable(folder.parent)
    places.enterable(folder)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def launcher(place: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that runs the server; its first line is the owner's URL and the server's process."""
    with subprocess.Popen(
        [sys.executable, "-c", _SERVE, place], cwd=places.CHECKOUT, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def test_data_survives_a_restart(place: Path) -> None:
    with PostgreSQL(place) as server:
        _write(server.urls.owner, "kept")
    with PostgreSQL(place) as server:
        assert "kept" in _written(server.urls.owner)


def test_it_is_not_run_by_root_and_answers_on_loopback_only(place: Path) -> None:
    with PostgreSQL(place) as server:
        assert Path(f"/proc/{server.pid}").stat().st_uid == account().uid != 0
        with psycopg.connect(server.urls.owner) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
            assert connection.execute("SHOW fsync").fetchone() == ("on",)


def test_only_who_knows_the_password_gets_in(place: Path) -> None:
    with PostgreSQL(place) as server:
        for role in ("postgres", "comptoir_owner", "comptoir_app", "comptoir_jobs"):
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                psycopg.connect(
                    host="127.0.0.1", port=server.port, user=role, password="guess", dbname="comptoir"
                )
        assert (place / "passwords.json").stat().st_mode & 0o077 == 0


def test_it_ends_with_a_killed_launcher_and_the_next_start_finds_the_data(
    place: Path, launcher: "subprocess.Popen[str]"
) -> None:
    url, server = _serving(launcher)
    _write(url, "before the kill")
    launcher.kill()
    launcher.wait()
    with PostgreSQL(place) as again:
        assert not alive(server)
        assert "before the kill" in _written(again.urls.owner)


def test_it_starts_after_the_server_and_its_launcher_were_killed(
    place: Path, launcher: "subprocess.Popen[str]"
) -> None:
    url, server = _serving(launcher)
    _write(url, "before both died")
    os.kill(server, signal.SIGKILL)
    launcher.kill()
    with PostgreSQL(place) as again:
        assert "before both died" in _written(again.urls.owner)


def test_a_pid_file_whose_number_is_now_anothers_is_forgotten(
    place: Path, launcher: "subprocess.Popen[str]"
) -> None:
    _, server = _serving(launcher)
    pid_file = next(place.glob("[0-9][0-9]")) / "postmaster.pid"
    left = pid_file.read_text()
    os.kill(server, signal.SIGKILL)
    launcher.kill()
    launcher.wait()
    pid_file.write_text(left.replace(str(server), str(os.getpid()), 1))
    with PostgreSQL(place) as again:
        assert _written(again.urls.owner) is not None


def test_a_second_launcher_is_told_who_was_first(place: Path, launcher: "subprocess.Popen[str]") -> None:
    url, _ = _serving(launcher)
    with pytest.raises(AlreadyRunning, match=f"process {launcher.pid} already runs"):
        PostgreSQL(place).start()
    assert _written(url) is not None


def test_a_taken_port_is_named(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port} .* is taken"):
            PostgreSQL(place, port).start()
    with PostgreSQL(place, port) as server:
        assert server.port == port


def test_a_cluster_whose_making_was_interrupted_is_made_anew(place: Path) -> None:
    fresh = place / "interrupted"
    places.enterable(fresh)
    (fresh / "18.unfinished").mkdir()
    (fresh / "18.unfinished" / "PG_VERSION").write_text("18\n")
    with PostgreSQL(fresh, durable=False, major=18) as server:
        assert server.pid


def test_a_checkout_that_the_account_cannot_enter_keeps_its_data_outside(tmp_path: Path) -> None:
    closed = tmp_path / "home"
    checkout = closed / "checkout"
    checkout.mkdir(parents=True)
    closed.chmod(0o700)
    place = places.home(checkout)
    try:
        assert account().reaches(place)
        assert place == (checkout / ".local" / "postgres").resolve()
        assert place.is_relative_to(checkout.resolve()) == (not account().switched)
        assert places.home(checkout) == place
    finally:
        places.remove(checkout)
    assert not place.exists()


def test_an_administrator_without_superpowers_can_provision_a_server(place: Path) -> None:
    # As in a managed service, where nobody is a superuser.
    fresh = place / "managed"
    with (
        PostgreSQL(fresh, durable=False) as server,
        psycopg.connect(server.admin_url, autocommit=True) as superuser,
    ):
        superuser.execute("DROP DATABASE comptoir")
        for role in ROLES:
            superuser.execute(f"DROP ROLE {role}")
        superuser.execute("CREATE ROLE master LOGIN CREATEROLE CREATEDB NOSUPERUSER PASSWORD 'm'")
        master = url_as(server.admin_url, "master", "m", "postgres")
        passwords = {role: f"{role}'s p@ss/word" for role in ROLES}
        assert provision(master, passwords) == provision(master, passwords)
        assert upgrade(provision(master, passwords).owner) == revisions()


def _serving(launcher: "subprocess.Popen[str]") -> tuple[str, int]:
    assert launcher.stdout
    url, _, server = launcher.stdout.readline().strip().rpartition(" ")
    return url, int(server)


def _write(url: str, text: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS public.notes (text text)")
        connection.execute("INSERT INTO public.notes VALUES (%s)", [text])


def _written(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT to_regclass('public.notes') IS NULL").fetchone() == (True,):
            return set()
        return {text for (text,) in connection.execute("SELECT text FROM public.notes")}
