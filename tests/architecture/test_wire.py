"""The wire: routes, documents, schemas and samples say what the code says."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import schemathesis

from functions._generate import files, gateway
from functions._generate.discovery import FUNCTIONS, ROOT, Function, Kind, all_functions

_TESTS = ROOT / "tests" / "functions"


@pytest.fixture(scope="module")
def functions() -> list[Function]:
    return all_functions()


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return _read("openapi.json")


def test_generated_files_are_what_a_fresh_generation_writes(functions: list[Function]) -> None:
    assert files.stale(files.generated(functions)) == [], "run: python -m functions"


def test_every_endpoint_is_one_route_of_one_api(functions: list[Function]) -> None:
    endpoints = [each for each in functions if each.kind is Kind.ENDPOINT]
    routed = [
        (method, path, operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"])
        for api in ("public", "admin")
        for method, path, operation in _routes(api)
    ]
    for each in endpoints:
        spec = each.endpoint
        method = "x-amazon-apigateway-any-method" if spec.method == "ANY" else spec.method.lower()
        path = f"/{spec.path}".replace("//", "/")
        found = [uri for one, other, uri in routed if (one, other) == (method, path)]
        everywhere = spec.path.startswith(("$", "/{"))
        assert len(found) == (2 if everywhere else 1), spec.path
        assert all(f"function:${{Stage}}-{each.dashed}:live/" in uri for uri in found)
    assert len(routed) == len(endpoints) + sum(
        each.endpoint.path.startswith(("$", "/{")) for each in endpoints
    )


def test_each_api_stays_below_the_gateways_limit() -> None:
    for api in ("public", "admin"):
        assert len(list(_routes(api))) <= gateway.MAX_ROUTES


def test_no_two_functions_have_one_name(functions: list[Function]) -> None:
    names = [each.name for each in functions]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_a_functions_first_line_says_what_invokes_it_and_what_for(functions: list[Function]) -> None:
    for each in functions:
        text = (FUNCTIONS / each.context / f"{each.name}.py").read_text()
        first = (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
        trigger, dash, purpose = first.partition(" — ")
        assert dash, each.name
        assert purpose, each.name
        if each.kind is not Kind.WAKE:
            assert trigger.lower() == each.trigger.lower(), each.name


def test_a_function_is_called_by_what_invokes_it(functions: list[Function]) -> None:
    for each in functions:
        listens = each.kind in (Kind.CONSUMER, Kind.UPLOAD, Kind.WAKE)
        assert each.name.startswith("on_") == listens, each.name


def test_every_function_has_a_test_of_its_name(functions: list[Function]) -> None:
    tested = {file.stem.removeprefix("test_") for file in _TESTS.rglob("test_*.py")}
    assert sorted(each.name for each in functions if each.name not in tested) == []


def test_every_operation_is_documented(functions: list[Function], document: dict[str, Any]) -> None:
    operations = [each for path in document["paths"].values() for each in path.values()]
    ids = [each["operationId"] for each in operations]
    assert len(ids) == len(set(ids))
    documented = [
        each
        for each in functions
        if each.kind is Kind.ENDPOINT and each.endpoint.method not in ("ANY", "OPTIONS")
    ]
    assert sorted(ids) == sorted(each.name for each in documented)
    assert [each["operationId"] for each in operations if not each["summary"]] == []


def test_the_document_is_openapi(document: dict[str, Any]) -> None:
    schemathesis.openapi.from_dict(document).validate()


def test_every_reference_of_the_document_resolves(document: dict[str, Any]) -> None:
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(_references(document)) <= known


def test_the_served_document_is_the_written_one(document: dict[str, Any]) -> None:
    assert json.loads((FUNCTIONS / "platform" / "openapi.json").read_text()) == document


def test_every_example_of_an_event_follows_its_schema() -> None:
    schemas = sorted((ROOT / "events" / "schemas").glob("*.json"))
    assert schemas
    for file in schemas:
        schema = json.loads(file.read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        for example in schema["examples"]:
            jsonschema.validate(example, schema, jsonschema.Draft202012Validator)


def _routes(api: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in _read(f"gateway/{api}.json")["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                yield method, path, operation


def _read(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((ROOT / "events" / Path(name)).read_text())
    return read


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)
