"""What may be a database's secret, and the URL it stands for."""

import json
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.platform.connection_urls import connection_url

OF_RDS = {
    "engine": "postgres",
    "username": "comptoir_app",
    "password": "p",
    "host": "cluster.example",
    "port": 5432,
    "dbname": "comptoir",
}


def test_a_url_is_taken_as_it_is_whatever_host_the_stack_knows() -> None:
    url = "postgresql://me:pw@db.example:6543/shop?sslmode=verify-full"
    assert connection_url(url, "proxy.example") == url


def test_json_of_rds_says_it_all() -> None:
    assert connection_url(json.dumps(OF_RDS)) == "postgresql://comptoir_app:p@cluster.example:5432/comptoir"


def test_a_proxys_host_takes_the_place_of_the_clusters() -> None:
    assert connection_url(json.dumps(OF_RDS), "proxy.example") == (
        "postgresql://comptoir_app:p@proxy.example:5432/comptoir"
    )


def test_an_administrators_secret_names_neither_host_nor_database() -> None:
    held = json.dumps({"username": "postgres", "password": "p"})
    assert (
        connection_url(held, "cluster.example", "postgres")
        == "postgresql://postgres:p@cluster.example:5432/postgres"
    )


@pytest.mark.parametrize("held", ["host=db user=me", "mysql://me@db/shop", '{"username": "me"}', "{}"])
def test_anything_else_is_refused_and_not_repeated(held: str) -> None:
    with pytest.raises(ValueError, match="the secret of a database") as refused:
        connection_url(held)
    assert held not in str(refused.value)


@given(password=st.text(min_size=1))
def test_any_password_survives_the_url(password: str) -> None:
    url = connection_url(json.dumps(OF_RDS | {"password": password}))
    assert unquote(urlsplit(url).password or "") == password
