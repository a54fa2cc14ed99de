"""Connections ask for TLS wherever the deployment says so, and a URL that says nothing gives way to it."""

import psycopg
import pytest

from functions._generate.deployment import PERMISSIONS
from shared.migrations.provision import DatabaseUrls
from shared.platform import database as connections
from shared.platform.database import Role
from shared.platform.settings import forget


@pytest.mark.parametrize("permission", ["app_database", "jobs_database"])
def test_every_function_with_a_database_is_told_how_to_verify_it(permission: str) -> None:
    told = PERMISSIONS[permission].environment
    assert {"PGSSLMODE", "PGSSLROOTCERT"} <= told.keys()
    assert told["PGSSLROOTCERT"] == "/opt/authorities/${DatabaseAuthorities}.pem"


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_a_server_without_tls_is_refused(
    database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("PGSSLMODE", mode)
    forget()
    connections.close_all()
    with pytest.raises(psycopg.OperationalError, match="SSL"):
        connections.connection(Role.APP)
