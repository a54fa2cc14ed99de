"""What CloudFormation itself does with a template before it makes anything, and the emulator does not: includes and SAM's translation.
What the emulator cannot make is left out, and counted."""

import json
import logging
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from local.rehearsal.account import REGION, Account
from local.rehearsal.emulator import accepts
from local.rehearsal.packaging import BUCKET

_STACK = "AWS::CloudFormation::Stack"
# It speaks of metrics that nobody collects here.
logging.getLogger("samtranslator.metrics.metrics").setLevel(logging.ERROR)


@dataclass
class Prepared:
    """A root template that the emulator takes; by type, what it makes of it and its nested stacks, and what is left out."""

    url: str = ""
    made: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


class _NoManagedPolicies:
    def load(self) -> dict[str, str]:
        return {}


def prepare(account: Account, root: str, parameters: Mapping[str, str]) -> Prepared:
    """Translate the packaged template `root` and those nested in it, and upload what came of them."""
    # The translator asks for its partition by it.
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    prepared = Prepared()
    # Nested stacks call the root's parameters by the same names.
    prepared.url = _prepared(account, root, _defaults(yaml_parse(root)) | dict(parameters), prepared, "root")
    return prepared


def _defaults(template: Mapping[str, Any]) -> dict[str, Any]:
    return {key: each["Default"] for key, each in template.get("Parameters", {}).items() if "Default" in each}


def _prepared(account: Account, text: str, given: Mapping[str, Any], prepared: Prepared, name: str) -> str:
    written: dict[str, Any] = _included(account, yaml_parse(text))
    values = {key: value for key, value in given.items() if key in written.get("Parameters", {})}
    template = transform(written, dict(values), _NoManagedPolicies()) if "Transform" in written else written
    absent = conditions_known_false(template, values)
    kept = {}
    for logical, each in template["Resources"].items():
        if each.get("Condition") in absent:
            continue
        if not accepts(each["Type"]):
            prepared.left_out[each["Type"]] += 1
            continue
        if each["Type"] == _STACK:
            below = _fetched(account, each["Properties"]["TemplateURL"])
            each["Properties"]["TemplateURL"] = _prepared(
                account, below, given, prepared, f"{name}-{logical}"
            )
        prepared.made[each["Type"]] += 1
        kept[logical] = each
    missing = template["Resources"].keys() - kept.keys()
    template["Resources"] = {logical: without(each, missing) for logical, each in kept.items()}
    template["Outputs"] = {
        key: each for key, each in template.get("Outputs", {}).items() if each.get("Condition") not in absent
    }
    key = f"prepared/{name}.json"
    account.client("s3").put_object(Bucket=BUCKET, Key=key, Body=json.dumps(template, default=str).encode())
    return f"{account.url}/{BUCKET}/{key}"


def _included(account: Account, value: Any) -> Any:
    """`value` with each AWS::Include in the place of its Fn::Transform."""
    if isinstance(value, list):
        return [_included(account, each) for each in value]
    if not isinstance(value, dict):
        return value
    asked = value.get("Fn::Transform")
    if isinstance(asked, Mapping) and asked.get("Name") == "AWS::Include":
        return json.loads(_fetched(account, asked["Parameters"]["Location"]))
    return type(value)((key, _included(account, each)) for key, each in value.items())


def _fetched(account: Account, url: str) -> str:
    parts = urlsplit(url)
    bucket, key = (parts.netloc, parts.path[1:]) if parts.scheme == "s3" else parts.path[1:].split("/", 1)
    return str(account.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode())


def conditions_known_false(template: Mapping[str, Any], values: Mapping[str, Any]) -> set[str]:
    """Conditions that only compare a parameter with a literal, and do not hold: their resources are no loss of the emulator's."""

    def holds(value: Any) -> bool:
        match value:
            case {"Fn::Equals": [{"Ref": name}, literal]} if name in values:
                return str(values[name]) == str(literal)
            case {"Fn::Not": [inner]}:
                return not holds(inner)
            case {"Fn::Or": inner}:
                return any(holds(each) for each in inner)
            case {"Fn::And": inner}:
                return all(holds(each) for each in inner)
            case {"Condition": name}:
                return holds(template["Conditions"][name])
        return True

    return {name for name, each in template.get("Conditions", {}).items() if not holds(each)}


def without(resource: dict[str, Any], missing: set[str]) -> dict[str, Any]:
    """The resource, which waits for none of the `missing` any more."""
    waits = resource.get("DependsOn", [])
    waits = [each for each in ([waits] if isinstance(waits, str) else waits) if each not in missing]
    return {
        **{key: each for key, each in resource.items() if key != "DependsOn"},
        **({"DependsOn": waits} if waits else {}),
    }
