"""Secrets Manager, every so many days — give a database role a new password. Its four steps may each be run again.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
"""

import json
import secrets
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from shared.platform import aws
from shared.platform.connection_urls import connection_url
from shared.platform.logs import log

_BYTES = 32
_CONNECT_SECONDS = 10
_CURRENT, _PENDING = "AWSCURRENT", "AWSPENDING"
_PREVIOUS = "AWSPREVIOUS"


class NotRotating(Exception):
    """Secrets Manager asks about a version that is not being rotated in."""


def handler(event: dict[str, Any], context: Any) -> None:
    """One step of a rotation. Raises NotRotating, AwsError, OSError, psycopg.Error: Secrets Manager tries again."""
    secret, version, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    stages = aws.call("secretsmanager", "DescribeSecret", {"SecretId": secret})["VersionIdsToStages"]
    if version not in stages:
        raise NotRotating(version)
    if _CURRENT in stages[version]:
        return
    log.info("rotating", extra={"secret": secret, "step": step})
    match step:
        case "createSecret":
            _create(secret, version)
        case "setSecret":
            _set(secret, version)
        case "testSecret":
            _enter(_held(secret, _PENDING, version)).close()
        case "finishSecret":
            _finish(secret, version, stages)
        case _:
            raise NotRotating(step)


def with_password(held: str, password: str) -> str:
    """The secret `held`, a URL or RDS's JSON, with another password."""
    if held.lstrip().startswith("{"):
        return json.dumps(json.loads(held) | {"password": password})
    parts = urlsplit(held)
    user, place = parts.netloc.rpartition("@")[0].partition(":")[0], parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, '')}@{place}"))


def _create(secret: str, version: str) -> None:
    """A new password, kept as pending; the one that an earlier try made stays."""
    try:
        _held(secret, _PENDING, version)
    except aws.AwsError as error:
        if error.code != "ResourceNotFoundException":
            raise
        made = with_password(_held(secret, _CURRENT), secrets.token_urlsafe(_BYTES))
        put = {
            "SecretId": secret,
            "ClientRequestToken": version,
            "SecretString": made,
            "VersionStages": [_PENDING],
        }
        aws.call("secretsmanager", "PutSecretValue", put)


def _set(secret: str, version: str) -> None:
    """Each role may change its own password, so nobody else's rights are needed."""
    pending = _held(secret, _PENDING, version)
    try:
        _enter(pending).close()
        return
    except psycopg.OperationalError:
        # The usual case: the pending password is not the role's yet.
        pass
    password = unquote(urlsplit(connection_url(pending)).password or "")
    with _enter_as_is(secret) as connection:
        # What the server keeps, made here: the password itself appears in no statement and in no log.
        role = connection.info.user
        kept = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), kept))


def _enter_as_is(secret: str) -> psycopg.Connection:
    try:
        return _enter(_held(secret, _CURRENT))
    except psycopg.OperationalError:
        # A rotation before this one may have ended between its last two steps.
        return _enter(_held(secret, _PREVIOUS))


def _finish(secret: str, version: str, stages: dict[str, list[str]]) -> None:
    before = next((known for known, labels in stages.items() if _CURRENT in labels), None)
    moved = {"SecretId": secret, "VersionStage": _CURRENT, "MoveToVersionId": version}
    aws.call(
        "secretsmanager",
        "UpdateSecretVersionStage",
        moved | ({"RemoveFromVersionId": before} if before else {}),
    )


def _held(secret: str, stage: str, version: str = "") -> str:
    asked = {"SecretId": secret, "VersionStage": stage} | ({"VersionId": version} if version else {})
    return str(aws.call("secretsmanager", "GetSecretValue", asked)["SecretString"])


def _enter(held: str) -> psycopg.Connection:
    return psycopg.connect(connection_url(held), autocommit=True, connect_timeout=_CONNECT_SECONDS)
