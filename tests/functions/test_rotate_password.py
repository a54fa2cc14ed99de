"""Rotation of a database's password, step by step, against the local Secrets Manager and a real server."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from shared.migrations.provision import url_as
from shared.platform import aws, database, settings, transactions
from shared.platform.connection_urls import connection_url
from shared.platform.database import Role
from stacks.database.rotate_password import NotRotating, handler, with_password
from tests.database_server import TestServer

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


@pytest.fixture
def role(postgres: TestServer) -> Iterator[str]:
    """A role of its own: those of the tests' server keep their passwords. Answers its URL."""
    name, password = f"rotated_{uuid4().hex}", "p:ss/w@rd %"
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), password))
        admin.execute(sql.SQL("GRANT CONNECT ON DATABASE postgres TO {}").format(sql.Identifier(name)))
        yield url_as(postgres.admin_url, name, password, "postgres")
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE postgres FROM {}").format(sql.Identifier(name)))
        admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.fixture(params=["url", "json"])
def secret(request: pytest.FixtureRequest, role: str, local_aws: str) -> str:
    """The ARN of the role's secret, in either form."""
    held = role
    if request.param == "json":
        with psycopg.connect(role) as open_:
            info = open_.info
            held = json.dumps({
                "username": info.user, "password": info.password, "host": info.host, "port": info.port,
                "dbname": info.dbname, "engine": "postgres",
            })  # fmt: skip
    made = aws.call("secretsmanager", "CreateSecret", {"Name": uuid4().hex, "SecretString": held})
    return str(made["ARN"])


@pytest.fixture
def version(secret: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The version that is rotated in. AWS lists it from the beginning, without a value; the emulator knows none of the kind."""
    made, call = str(uuid4()), aws.call

    def listing(service: str, operation: str, body: dict[str, Any], timeout: float = 3.0) -> dict[str, Any]:
        answer = call(service, operation, body, timeout)
        if operation == "DescribeSecret":
            answer["VersionIdsToStages"].setdefault(made, ["AWSPENDING"])
        return answer

    monkeypatch.setattr(aws, "call", listing)
    return made


def take(secret: str, version: str, *steps: str) -> None:
    for step in steps:
        handler({"SecretId": secret, "ClientRequestToken": version, "Step": step}, None)


def held(secret: str, stage: str = "AWSCURRENT") -> str:
    asked = {"SecretId": secret, "VersionStage": stage}
    return str(aws.call("secretsmanager", "GetSecretValue", asked)["SecretString"])


def opens(held: str) -> bool:
    try:
        psycopg.connect(connection_url(held)).close()
    except psycopg.OperationalError:
        return False
    return True


def test_a_rotated_secret_opens_the_database_and_the_one_before_does_not(secret: str, version: str) -> None:
    before = held(secret)
    take(secret, version, *STEPS)
    assert held(secret) != before
    assert opens(held(secret))
    assert not opens(before)


def test_until_its_last_step_the_secret_stays_what_it_was(secret: str, version: str) -> None:
    before = held(secret)
    take(secret, version, *STEPS[:3])
    assert held(secret) == before
    assert opens(held(secret, "AWSPENDING"))


def test_every_step_may_be_taken_twice(secret: str, version: str) -> None:
    for step in STEPS:
        take(secret, version, step, step)
    assert opens(held(secret))


def test_a_rotation_that_was_cut_short_is_taken_up_again(secret: str, version: str) -> None:
    take(secret, version, *STEPS[:2])
    take(secret, version, *STEPS)
    assert opens(held(secret))


def test_the_test_fails_for_a_password_that_nobody_set(secret: str, version: str) -> None:
    take(secret, version, "createSecret")
    with pytest.raises(psycopg.OperationalError):
        take(secret, version, "testSecret")


def test_a_version_that_is_not_being_rotated_in_is_refused(secret: str) -> None:
    with pytest.raises(NotRotating):
        take(secret, str(uuid4()), "createSecret")


def test_while_the_password_has_changed_and_the_secret_has_not_functions_still_get_in(
    secret: str, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(secret, version, *STEPS[:2])
    monkeypatch.setenv("APP_DATABASE", secret)
    settings.forget()
    with transactions.transaction(Role.APP, None) as connection:
        assert connection.execute("SELECT 1 AS one").fetchone() == (1,)
    database.close_all()


def test_a_warm_function_follows_a_rotation(
    secret: str, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_DATABASE", secret)
    settings.forget()
    database.connection(Role.APP).close()
    take(secret, version, *STEPS)
    with transactions.transaction(Role.APP, None) as connection:
        assert connection.execute("SELECT 1 AS one").fetchone() == (1,)
    database.close_all()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("postgresql://me:old@db:5432/shop?sslmode=verify-full", "postgresql://me:n%2Fw@db:5432/shop?sslmode=verify-full"),
        ("postgresql://me@db/shop", "postgresql://me:n%2Fw@db/shop"),
        ('{"username": "me", "password": "old"}', '{"username": "me", "password": "n/w"}'),
    ],
)  # fmt: skip
def test_nothing_but_the_password_changes(before: str, after: str) -> None:
    assert with_password(before, "n/w") == after
