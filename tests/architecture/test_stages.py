"""The stages of samconfig.toml: each sets parameters that exist, to values that they may have."""

import re
import tomllib
from typing import Any

import pytest

from tests.architecture.translated import ROOT, as_written

STAGES = tomllib.loads((ROOT / "samconfig.toml").read_text())
DEPLOYED = [name for name, each in STAGES.items() if isinstance(each, dict) and "deploy" in each]


@pytest.mark.parametrize("stage", DEPLOYED)
def test_a_stage_sets_parameters_that_exist_to_what_they_allow(stage: str) -> None:
    declared: dict[str, Any] = as_written(ROOT / "template.yaml")["Parameters"]
    for pair in STAGES[stage]["deploy"]["parameters"]["parameter_overrides"].split():
        name, _, value = pair.partition("=")
        allowed = [str(each) for each in declared[name].get("AllowedValues", [value])]
        assert value in allowed, pair
        assert re.fullmatch(declared[name].get("AllowedPattern", ".*"), value), pair


@pytest.mark.parametrize("stage", DEPLOYED)
def test_a_failed_release_is_taken_back(stage: str) -> None:
    assert STAGES[stage]["deploy"]["parameters"].get("disable_rollback", False) is False


def test_every_parameter_of_the_root_is_in_a_group_of_the_console_and_nothing_else_is() -> None:
    root = as_written(ROOT / "template.yaml")
    groups = root["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    listed = [name for group in groups for name in group["Parameters"]]
    assert sorted(listed) == sorted(root["Parameters"])
