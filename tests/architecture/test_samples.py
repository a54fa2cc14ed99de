"""Each handler answers its sample event in a process that has imported no other one, and has only its own package, its layers and
its settings. What a start costs, in an interpreter of its own, `make bench` measures."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address
from pathlib import Path
from zlib import crc32

import psycopg
import pytest

from functions._generate.discovery import ROOT, Function, Kind, all_functions
from shared.migrations.provision import DatabaseUrls, create_database, urls_of
from shared.platform import brands
from shared.platform import database as connections
from shared.platform.settings import forget
from tests.architecture.lambdas import Lambdas
from tests.architecture.packages import Layers, make_package
from tests.architecture.sample_cloud import Cloud, deployed
from tests.architecture.sample_world import World, make_world
from tests.database_server import TestServer

_WORLD = f"samples_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
# Not found is the very answer of this one.
_EXPECTED = {"answer_unknown_route": 404}


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory) -> Layers:
    """Links into this environment, or what `sam build` has built in the folder BUILT (`make rehearse` leaves one)."""
    return Layers(tmp_path_factory.mktemp("opt"), os.environ.get("BUILT"))


@pytest.fixture(scope="module")
def lambdas(layers: Layers) -> Iterator[Lambdas]:
    with Lambdas(layers.base) as made:
        yield made


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with deployed(tmp_path_factory.mktemp("cloud")) as made:
        yield made


@pytest.fixture(scope="module")
def world(postgres: TestServer, cloud: Cloud) -> World:
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        create_database(admin, _WORLD, template="comptoir", by_files=True)
    urls = urls_of(postgres.admin_url, postgres.passwords, _WORLD)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in cloud.everything(urls).items():
            patch.setenv(name, value)
        _forget()
        made = make_world(postgres.admin_url.rpartition("/")[0] + f"/{_WORLD}")
    _forget()
    return made


@pytest.fixture(scope="module")
def readers_database(postgres: TestServer, world: World) -> Iterator[DatabaseUrls]:
    """A copy for all who only read."""
    with _copy(postgres, f"{_WORLD}_of_readers") as urls:
        yield urls


@pytest.fixture
def database(
    request: pytest.FixtureRequest, function: Function, postgres: TestServer, world: World
) -> Iterator[DatabaseUrls]:
    """A world of one's own: what one sample changes no other one sees."""
    if function.kind is Kind.ENDPOINT and function.endpoint.method == "GET":
        yield request.getfixturevalue("readers_database")
        return
    with _copy(postgres, f"{_WORLD}_of_one") as urls:
        yield urls


@contextmanager
def _copy(postgres: TestServer, name: str) -> Iterator[DatabaseUrls]:
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        create_database(admin, name, template=_WORLD, by_files=True)
        yield urls_of(postgres.admin_url, postgres.passwords, name)
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.mark.parametrize("function", all_functions(), ids=lambda each: f"{each.context}/{each.name}")
def test_a_handler_answers_its_sample(
    function: Function,
    world: World,
    database: DatabaseUrls,
    layers: Layers,
    lambdas: Lambdas,
    cloud: Cloud,
    tmp_path: Path,
) -> None:
    sample = json.loads((ROOT / "events" / function.context / f"{function.name}.json").read_text())
    package = make_package(function.context, tmp_path / "task")
    event = world.event(sample)
    if function.kind is Kind.ENDPOINT:
        # What is counted by address is counted for each sample alone.
        event["requestContext"]["http"]["sourceIp"] = str(IPv4Address(crc32(function.name.encode())))
    answer = lambdas.invoke(
        tmp_path,
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


def _forget() -> None:
    connections.close_all()
    forget()
    brands.forget()
