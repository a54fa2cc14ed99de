"""The deployment's migration: from a bare server to this release's schema, once, told to CloudFormation as it is."""

import json
import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from shared.migrations.provision import ROLES, DatabaseUrls, urls_of
from shared.migrations.upgrade import current, revisions
from shared.platform import settings
from stacks.database.migrate_database import handler, migrate
from tests.database_server import TestServer

_PATIENCE = 60.0


class Context:
    """Lambda's, with little time left."""

    def get_remaining_time_in_millis(self) -> int:
        return 120_000


@dataclass
class CloudFormation:
    """Where the function answers."""

    url: str = ""
    heard: list[dict[str, Any]] = field(default_factory=list)

    def asks(self, kind: str, **more: Any) -> dict[str, Any]:
        """What the function answers to an event of this kind."""
        names = {"StackId": "arn:stack", "RequestId": "1", "LogicalResourceId": "Schema"}
        handler({"RequestType": kind, "ResponseURL": self.url, **names, **more}, Context())
        answer = self.heard.pop()
        assert names.items() <= answer.items()
        assert answer["PhysicalResourceId"] == "schema"
        return answer


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    made = CloudFormation()

    class Heard(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            made.heard.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nobody needs it."""

    server = HTTPServer(("127.0.0.1", 0), Heard)
    made.url = f"http://127.0.0.1:{server.server_port}/answer"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def bare(postgres: TestServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[DatabaseUrls]:
    """The URLs of a database that does not exist yet, in the function's environment."""
    name = f"released_{uuid4().hex}"
    urls = urls_of(postgres.admin_url, postgres.passwords, name)
    for variable, url in zip(
        ("OWNER_DATABASE", "APP_DATABASE", "JOBS_DATABASE"), (urls.owner, urls.app, urls.jobs), strict=True
    ):
        monkeypatch.setenv(variable, url)
    monkeypatch.setenv("ADMIN_DATABASE", postgres.admin_url)
    settings.forget()
    yield urls
    settings.forget()
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def test_a_bare_server_gets_roles_database_and_every_migration(
    bare: DatabaseUrls, cloudformation: CloudFormation
) -> None:
    answer = cloudformation.asks("Create")
    assert (answer["Status"], answer["Data"]) == ("SUCCESS", {"Revision": revisions()[-1]})
    with psycopg.connect(bare.app) as app:
        assert app.execute("SELECT count(*) FROM catalog.products").fetchone() == (0,)


def test_the_second_time_nothing_is_left_to_do(bare: DatabaseUrls, cloudformation: CloudFormation) -> None:
    first, second = cloudformation.asks("Create"), cloudformation.asks("Update", PhysicalResourceId="schema")
    assert first["Data"] == second["Data"]


def test_an_owner_is_enough_where_roles_and_database_are_there(
    bare: DatabaseUrls, cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloudformation.asks("Create")
    monkeypatch.delenv("ADMIN_DATABASE")
    assert cloudformation.asks("Update")["Status"] == "SUCCESS"


@pytest.mark.usefixtures("bare")
def test_two_at_once_both_find_it_done() -> None:
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as both:
        tries = [both.submit(migrate, _PATIENCE) for _ in range(2)]
        assert [each.result() for each in tries] == [revisions()[-1]] * 2


def test_a_release_that_is_rolled_back_leaves_the_later_schema_alone(
    bare: DatabaseUrls, cloudformation: CloudFormation
) -> None:
    cloudformation.asks("Create")
    with psycopg.connect(bare.owner, autocommit=True) as owner:
        owner.execute("UPDATE public.alembic_version SET version_num = '9999_later'")
    assert cloudformation.asks("Update")["Data"] == {"Revision": "9999_later"}
    assert current(bare.owner) == "9999_later"


def test_a_failure_is_told_with_its_reason_and_without_any_password(
    bare: DatabaseUrls, cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ADMIN_DATABASE")
    monkeypatch.setenv("OWNER_DATABASE", bare.owner.rpartition("/")[0] + "/nowhere")
    settings.forget()
    answer = cloudformation.asks("Update")
    assert answer["Status"] == "FAILED"
    assert "nowhere" in answer["Reason"]
    assert bare.owner.split(":")[2].partition("@")[0] not in json.dumps(answer)


def test_a_secret_of_the_wrong_role_is_found(
    bare: DatabaseUrls, cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_DATABASE", bare.jobs)
    settings.forget()
    answer = cloudformation.asks("Create")
    assert (answer["Status"], answer["Reason"]) == (
        "FAILED",
        f"ValueError: the secret of {ROLES[1]} is {ROLES[2]}'s",
    )


def test_a_stack_that_goes_leaves_the_database(bare: DatabaseUrls, cloudformation: CloudFormation) -> None:
    cloudformation.asks("Create")
    assert cloudformation.asks("Delete")["Status"] == "SUCCESS"
    assert current(bare.owner) == revisions()[-1]
