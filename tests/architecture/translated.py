"""The project's templates as CloudFormation gets them: read by the official SAM translator, once for all tests."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
CONTEXTS = tuple(sorted(ROOT.glob("functions/*/template.yaml")))
# What is written by hand: what all contexts share, and its parts.
STACKS = tuple(sorted(path for path in ROOT.glob("stacks/**/*.yaml")))
TEMPLATES = (ROOT / "template.yaml", *STACKS, *CONTEXTS)
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
def translated(template: Path, *, gradual: bool = False) -> dict[str, Any]:
    """The template after the transformation, of a deployment that replaces functions at once or gradually.

    Raises InvalidDocumentException for what AWS would refuse.
    """
    given = {"GradualDeployment": str(gradual).lower(), "DeploymentType": "Canary10Percent5Minutes"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        document: dict[str, Any] = yaml_parse(template.read_text())
        if "Transform" not in document:
            return document
        defaults = (document.get("Globals") or {}).get("Function", {})
        for properties in (defaults, *(each["Properties"] for each in document["Resources"].values())):
            properties |= {name: uploaded for name, uploaded in _UPLOADED.items() if name in properties}
        result: dict[str, Any] = transform(document, given, _NoManagedPolicies())
        return result


def resources(template: Path, *types: str) -> dict[str, Mapping[str, Any]]:
    """Properties of the translated resources of these types, by logical id."""
    found = translated(template)["Resources"]
    return {name: each.get("Properties", {}) for name, each in found.items() if each["Type"] in types}


def everywhere(*types: str) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    """Every translated resource of these types: its template, its logical id, its properties."""
    yield from _within(TEMPLATES, types)


def in_contexts(*types: str) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    """The same, of the contexts alone, where a function is a file."""
    yield from _within(CONTEXTS, types)


def _within(
    templates: tuple[Path, ...], types: tuple[str, ...]
) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    for template in templates:
        for name, properties in resources(template, *types).items():
            yield template, name, properties


def statements(role: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What a role's own policies allow, also what only some deployments have."""
    for policy in role.get("Policies", ()):
        for each in policy["PolicyDocument"]["Statement"]:
            yield each["Fn::If"][1] if "Fn::If" in each else each


def pointed_at(value: Any) -> str:
    """The logical id that a Ref or a GetAtt names; empty for anything else."""
    if not isinstance(value, Mapping):
        return ""
    if "Ref" in value:
        return str(value["Ref"])
    attribute = value.get("Fn::GetAtt", [""])
    return str(attribute.partition(".")[0] if isinstance(attribute, str) else attribute[0])
