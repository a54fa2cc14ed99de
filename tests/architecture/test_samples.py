"""Each handler answers its sample event in a fresh interpreter that has only its own package, its layers and its settings."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any
from zlib import crc32

import psycopg
import pytest

from functions._generate.discovery import ROOT, Function, Kind, all_functions
from shared.migrations.provision import DatabaseUrls, create_database, urls_of
from shared.platform import brands
from shared.platform import database as connections
from shared.platform.settings import forget
from tests.architecture.packages import Layers, make_package
from tests.architecture.sample_cloud import Cloud, deployed
from tests.architecture.sample_world import World, make_world
from tests.database_server import TestServer

_WORLD = f"samples_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
_SECONDS = 60
# Not found is the very answer of this one.
_EXPECTED = {"answer_unknown_route": 404}


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory) -> Layers:
    """Links into this environment, or what `sam build` has built in the folder BUILT (`make rehearse` leaves one)."""
    return Layers(tmp_path_factory.mktemp("opt"), os.environ.get("BUILT"))


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with deployed(tmp_path_factory.mktemp("cloud")) as made:
        yield made


@pytest.fixture(scope="module")
def world(postgres: TestServer, cloud: Cloud) -> World:
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        create_database(admin, _WORLD, template="comptoir")
    urls = urls_of(postgres.admin_url, postgres.passwords, _WORLD)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in cloud.everything(urls).items():
            patch.setenv(name, value)
        _forget()
        made = make_world(postgres.admin_url.rpartition("/")[0] + f"/{_WORLD}")
    _forget()
    return made


@pytest.fixture
def database(postgres: TestServer, world: World) -> Iterator[DatabaseUrls]:
    """A world of one's own: what one sample changes no other one sees."""
    name = f"{_WORLD}_of_one"
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        create_database(admin, name, template=_WORLD)
        yield urls_of(postgres.admin_url, postgres.passwords, name)
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.mark.parametrize("function", all_functions(), ids=lambda each: f"{each.context}/{each.name}")
def test_a_handler_answers_its_sample(
    function: Function, world: World, database: DatabaseUrls, layers: Layers, cloud: Cloud, tmp_path: Path
) -> None:
    sample = json.loads((ROOT / "events" / function.context / f"{function.name}.json").read_text())
    package = make_package(function.context, tmp_path / "task")
    event = world.event(sample)
    if function.kind is Kind.ENDPOINT:
        # What is counted by address is counted for each sample alone.
        event["requestContext"]["http"]["sourceIp"] = str(IPv4Address(crc32(function.name.encode())))
    answer = _invoke(
        path=[str(package), *layers.of(function)],
        handler=f"{function.name}.handler",
        event=event,
        environment=cloud.environment(function, database),
    )
    if function.kind is Kind.ENDPOINT:
        good = _EXPECTED.get(function.name, function.endpoint.status)
        assert answer["statusCode"] == good, answer.get("body")
    elif function.kind is Kind.JOB:
        assert (answer["failed"], answer["finished"]) == (0, True)
    else:
        assert answer == {"batchItemFailures": []}


def _invoke(**asked: Any) -> dict[str, Any]:
    script = Path(__file__).with_name("task_root.py")
    # -I and -S: no working directory, no user's or site's packages, no variables.
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(script)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=True,
    )
    # Shown when the test fails: why, in the handler's own words.
    print(done.stderr)
    told: dict[str, Any] = json.loads(done.stdout)
    assert "failed" not in told, told["failed"]
    answer: dict[str, Any] = told["answer"]
    return answer


def _forget() -> None:
    connections.close_all()
    forget()
    brands.forget()
