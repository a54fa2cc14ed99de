"""Templates that AWS takes: the official translator and linter pass, limits hold, stacks and functions belong together."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint

from functions._generate.deployment import deployment_of, strangers
from functions._generate.discovery import Function, all_functions, contexts
from tests.architecture.translated import (
    CONTEXTS,
    ROOT,
    STACKS,
    TEMPLATES,
    as_written,
    everywhere,
    in_contexts,
    pointed_at,
    resources,
    translated,
)

MOST_RESOURCES = 450
LONGEST_NAME = 64
LONGEST_DESCRIPTION = 256
# Parameters that functions read as they are, and that a deployment may change alone.
SETTINGS = {"PublicUrl", "MediaUrl", "DefaultBrand", "MailFrom"}
_IDS = [str(template.relative_to(ROOT)) for template in TEMPLATES]


@pytest.fixture(scope="module")
def functions() -> list[Function]:
    return all_functions()


@pytest.mark.parametrize("template", TEMPLATES, ids=_IDS)
def test_the_official_translator_passes_and_the_stack_stays_far_from_cloudformations_limit(
    template: Path,
) -> None:
    for gradual in (False, True):
        assert len(translated(template, gradual=gradual)["Resources"]) <= MOST_RESOURCES


@pytest.mark.parametrize("template", TEMPLATES, ids=_IDS)
def test_the_linter_finds_nothing(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(template.parent)
    assert [str(match) for match in lint(template.read_text())] == []


def test_every_context_is_a_stack_of_the_root_and_gets_all_it_asks_for() -> None:
    stacks = {
        each["Properties"]["Location"]: each["Properties"]["Parameters"]
        for each in as_written(ROOT / "template.yaml")["Resources"].values()
        if each["Type"] == "AWS::Serverless::Application"
    }
    assert set(stacks) == {str(template.relative_to(ROOT)) for template in (*STACKS, *CONTEXTS)}
    assert {template.parent.name for template in CONTEXTS} == set(contexts())
    for location, given in stacks.items():
        assert set(given) == set(as_written(ROOT / location)["Parameters"]), location


def test_one_file_is_one_function_in_its_contexts_template(functions: list[Function]) -> None:
    declared = {
        (template.parent.name, properties["Handler"], properties["FunctionName"]["Fn::Sub"])
        for template, _, properties in in_contexts("AWS::Lambda::Function")
    }
    assert declared == {
        (each.context, f"{each.name}.handler", "${Stage}-" + each.dashed) for each in functions
    }


def test_names_fit_into_sixty_four_characters_behind_the_longest_stage(functions: list[Function]) -> None:
    stage = len("abcdefghij-")
    assert [each.dashed for each in functions if stage + len(each.dashed + "-dead") > LONGEST_NAME] == []


def test_every_function_is_reached_by_its_alias(functions: list[Function]) -> None:
    aliases = [(template.parent.name, name) for template, name, _ in in_contexts("AWS::Lambda::Alias")]
    assert sorted(aliases) == sorted((each.context, f"{each.logical}Aliaslive") for each in functions)


def test_a_new_layer_or_setting_alone_publishes_a_new_version() -> None:
    layers: set[str] = set()
    for template, name, version in in_contexts("AWS::Lambda::Version"):
        function = resources(template, "AWS::Lambda::Function")[pointed_at(version["FunctionName"])]
        variables = {pointed_at(value) for value in function["Environment"]["Variables"].values()}
        said = {part.strip("${}") for part in version["Description"]["Fn::Sub"].split()}
        assert said == {"LayerVersions"} | variables & SETTINGS, name
        layers |= {pointed_at(layer) for layer in function["Layers"]}
    given = as_written(ROOT / "template.yaml")["Resources"]["Platform"]["Properties"]["Parameters"]
    said_of_layers = given["LayerVersions"]["Fn::Join"][1]
    numbered = {
        pointed_at(each["Fn::Select"][1]["Fn::Split"][1]) for each in said_of_layers if "Fn::Select" in each
    }
    assert numbered == layers | {"SqlAlchemyLayer", "PillowLayer", "DocumentsLayer"}
    assert {"Ref": "Release"} in said_of_layers


def test_a_versions_description_holds_whatever_it_may_be_told() -> None:
    declared = as_written(ROOT / "template.yaml")["Parameters"]
    longest = sum(declared[name]["MaxLength"] + 1 for name in (*SETTINGS, "Release")) + len("9999." * 4)
    assert longest <= LONGEST_DESCRIPTION


def test_deployment_files_name_only_functions_and_permissions_that_exist(functions: list[Function]) -> None:
    for context in contexts():
        assert strangers(context, {each.name for each in functions if each.context == context}) == set()
    for each in functions:
        deployment_of(each)


def test_every_job_runs_by_its_period(functions: list[Function]) -> None:
    scheduled = {
        (template.parent.name, properties["Name"]["Fn::Sub"]): properties["ScheduleExpression"]
        for template, _, properties in everywhere("AWS::Scheduler::Schedule")
    }
    jobs = [each for each in functions if each.kind == "job"]
    assert set(scheduled) == {(each.context, "${Stage}-" + each.dashed) for each in jobs}
    for each in jobs:
        expression = scheduled[each.context, "${Stage}-" + each.dashed]
        assert expression in (each.every, f"rate({each.every})"), each.name


def test_every_log_group_forgets() -> None:
    groups = list(everywhere("AWS::Logs::LogGroup"))
    assert groups
    assert [name for _, name, properties in groups if "RetentionInDays" not in properties] == []


def test_functions_and_layers_of_one_python_and_of_the_processor_that_was_chosen() -> None:
    found: set[tuple[str, str]] = {
        (properties["Runtime"], pointed_at(properties["Architectures"][0]))
        for _, _, properties in everywhere("AWS::Lambda::Function")
    }
    layers = resources(ROOT / "template.yaml", "AWS::Lambda::LayerVersion").values()
    found |= {
        (layer["CompatibleRuntimes"][0], pointed_at(layer["CompatibleArchitectures"][0])) for layer in layers
    }
    assert found == {("python3.13", "Architecture")}


def test_every_alarm_reaches_somebody() -> None:
    alarms: list[tuple[Path, str, Mapping[str, Any]]] = list(everywhere("AWS::CloudWatch::Alarm"))
    assert [name for _, name, alarm in alarms if alarm.get("AlarmActions") != [{"Ref": "AlarmTopic"}]] == []
