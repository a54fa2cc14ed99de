"""The project's templates as CloudFormation gets them: read by the official SAM translator, once for all tests."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
TEMPLATES = (ROOT / "template.yaml", *sorted(ROOT.glob("functions/*/template.yaml")))
# What `sam deploy` puts in the place of local paths before it hands a template on.
_UPLOADED = {
    "CodeUri": "s3://bucket/code.zip",
    "ContentUri": "s3://bucket/layer.zip",
    "Location": "https://s3.amazonaws.com/bucket/nested.yaml",
}


class _NoManagedPolicies:
    """Templates name AWS's policies by ARN, so the translator need not ask for their list."""

    def load(self) -> dict[str, str]:
        return {}


@cache
def as_written(template: Path) -> dict[str, Any]:
    """The template as SAM reads it."""
    read: dict[str, Any] = yaml_parse(template.read_text())
    return read


@cache
def translated(template: Path) -> dict[str, Any]:
    """The template after the transformation. Raises InvalidDocumentException for what AWS would refuse."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        document: dict[str, Any] = yaml_parse(template.read_text())
        defaults = (document.get("Globals") or {}).get("Function", {})
        for properties in (defaults, *(each["Properties"] for each in document["Resources"].values())):
            properties |= {name: uploaded for name, uploaded in _UPLOADED.items() if name in properties}
        result: dict[str, Any] = transform(document, {}, _NoManagedPolicies())
        return result


def resources(template: Path, *types: str) -> dict[str, Mapping[str, Any]]:
    """Properties of the translated resources of these types, by logical id."""
    found = translated(template)["Resources"]
    return {name: each.get("Properties", {}) for name, each in found.items() if each["Type"] in types}


def everywhere(*types: str) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    """Every translated resource of these types: its template, its logical id, its properties."""
    for template in TEMPLATES:
        for name, properties in resources(template, *types).items():
            yield template, name, properties


def pointed_at(value: Any) -> str:
    """The logical id that a Ref or a GetAtt names; empty for anything else."""
    if not isinstance(value, Mapping):
        return ""
    if "Ref" in value:
        return str(value["Ref"])
    attribute = value.get("Fn::GetAtt", [""])
    return str(attribute.partition(".")[0] if isinstance(attribute, str) else attribute[0])
