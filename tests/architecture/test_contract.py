"""The contract: what the doors declare of who may call is what clients were promised."""

from functions._generate.discovery import Kind, all_functions
from functions._generate.openapi import who
from shared.identity.permissions import Role
from tests.contract import BEYOND, contract, shape


def test_every_endpoint_is_for_whom_the_contract_says() -> None:
    endpoints = [each.endpoint for each in all_functions() if each.kind is Kind.ENDPOINT]
    promised = contract() | BEYOND
    wrong = {
        f"{spec.method} {spec.path}": (who(spec), promised.get((spec.method, shape(spec.path))))
        for spec in endpoints
        if who(spec) != promised.get((spec.method, shape(spec.path)))
    }
    assert wrong == {}, "declared, promised; what nobody was promised is said in tests/contract.py, BEYOND"


def test_what_is_not_public_asks_who_calls() -> None:
    for each in all_functions():
        if each.kind is Kind.ENDPOINT and each.endpoint.who not in ("public", "provider"):
            assert each.endpoint.signature.caller, each.name


def test_the_contract_names_no_endpoint_twice_and_no_role_that_nobody_has() -> None:
    lines = contract()
    assert len(lines) == 474
    others = {"public", "cart", "partner", "partner_owner", "provider"}
    assert set(lines.values()) <= {role.value for role in Role} | others
