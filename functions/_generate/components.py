"""The schemas of the OpenAPI document: every model that an endpoint takes or answers, under the name it is spoken of by."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from shared.platform.doors.endpoint import EndpointSpec

_REF = "#/components/schemas/{model}"


class FieldError(BaseModel):
    """What is wrong with one field."""

    field: str
    code: str
    message: str


class ProblemDetails(BaseModel):
    """An error (RFC 9457). `code` is stable; some problems carry further members, such as `available_quantity`."""

    model_config = {"extra": "allow"}

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[FieldError] | None = Field(
        None, description="For validation problems, the fields that are wrong."
    )


@dataclass(frozen=True)
class Components:
    """`names`: of each model by mode, for what goes in and what comes out may differ; `schemas` by name, of which those in
    `unpublished` only make parameters."""

    names: dict[tuple[Any, str], str]
    schemas: dict[str, Any]
    unpublished: frozenset[str]

    @property
    def published(self) -> dict[str, Any]:
        """What other parts of the document refer to, by name."""
        return {name: self.schemas[name] for name in sorted(self.schemas.keys() - self.unpublished)}

    def reference(self, model: type[BaseModel], mode: str) -> dict[str, str]:
        """A `$ref` to the model's schema."""
        return {"$ref": _REF.format(model=self.names[model, mode])}

    def schema(self, model: type[BaseModel], mode: str) -> dict[str, Any]:
        """The model's schema itself."""
        found: dict[str, Any] = self.schemas[self.names[model, mode]]
        return found


def components_of(specs: Iterable[EndpointSpec]) -> Components:
    """The models of all endpoints at once, so that those of one name are told apart."""
    asked: dict[tuple[type[BaseModel], Any], None] = {(ProblemDetails, "serialization"): None}
    queries: list[type[BaseModel]] = []
    for spec in specs:
        if spec.signature.body:
            asked[spec.signature.body[1], "validation"] = None
        if spec.answers:
            asked[spec.answers, "serialization"] = None
        if spec.signature.query:
            asked[spec.signature.query[1], "validation"] = None
            queries.append(spec.signature.query[1])
    references, definitions = models_json_schema(list(asked), ref_template=_REF)
    names: dict[tuple[Any, str], str] = {key: _spoken(each["$ref"]) for key, each in references.items()}
    schemas = {_spoken(name): _with_spoken_references(each) for name, each in definitions["$defs"].items()}
    return Components(names, schemas, frozenset(names[query, "validation"] for query in queries))


def _spoken(name: str) -> str:
    """`shared__orders__listing__Sort`, which pydantic makes of models of one name, as `orders.listing.Sort`."""
    return re.sub(r"(?:shared|functions)__", "", name.rpartition("/")[2]).replace("__", ".")


def _with_spoken_references(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _REF.format(model=_spoken(each)) if key == "$ref" else _with_spoken_references(each)
            for key, each in value.items()
        }
    return [_with_spoken_references(each) for each in value] if isinstance(value, list) else value
