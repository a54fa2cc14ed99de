"""How a release goes out and what it runs on: the database first, functions gradually, everything encrypted, routes guarded."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions._generate.discovery import Function, all_functions
from shared.identity.callers import Member, Staff
from shared.identity.permissions import may_be_a_scope
from tests.architecture.translated import CONTEXTS, ROOT, as_written, everywhere, pointed_at, translated


@pytest.fixture(scope="module")
def functions() -> list[Function]:
    return all_functions()


def test_no_context_changes_before_the_database_has() -> None:
    root = as_written(ROOT / "template.yaml")["Resources"]
    for context in CONTEXTS:
        stack = next(
            each
            for each in root.values()
            if each["Properties"].get("Location") == str(context.relative_to(ROOT))
        )
        asked = stack["Properties"]["Parameters"]["Schema"]
        assert asked["Fn::If"][1] == {"Fn::GetAtt": ["Migrations", "Outputs.Revision"]} or asked["Fn::If"][
            1
        ] == {"Fn::GetAtt": "Migrations.Outputs.Revision"}


def test_the_migration_runs_again_when_migrations_or_server_change_and_answers_its_revision() -> None:
    database = as_written(ROOT / "stacks" / "database" / "template.yaml")
    schema = database["Resources"]["Schema"]["Properties"]
    assert {pointed_at(value) for value in schema.values()} >= {
        "MigrationsLayer",
        "OwnerDatabase",
        "AdminDatabase",
    }
    assert schema["ServiceTimeout"] <= database["Resources"]["MigrateDatabase"]["Properties"]["Timeout"]


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda each: each.parent.name)
def test_gradual_deployment_goes_back_by_itself_when_the_contexts_alarm_rings(context: Path) -> None:
    at_once, gradual = translated(context)["Resources"], translated(context, gradual=True)["Resources"]
    assert not [name for name, each in at_once.items() if each["Type"].startswith("AWS::CodeDeploy")]
    groups = {
        name: each["Properties"]
        for name, each in gradual.items()
        if each["Type"] == "AWS::CodeDeploy::DeploymentGroup"
    }
    functions = [name for name, each in gradual.items() if each["Type"] == "AWS::Lambda::Function"]
    assert set(groups) == {f"{name}DeploymentGroup" for name in functions}
    for group in groups.values():
        assert group["AlarmConfiguration"] == {"Enabled": True, "Alarms": [{"Name": {"Ref": "ErrorsAlarm"}}]}
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
        assert group["ServiceRoleArn"] == {"Ref": "DeploymentRole"}


def test_everything_at_rest_is_encrypted_by_the_deployments_own_key() -> None:
    for template, name, queue in everywhere("AWS::SQS::Queue"):
        assert _key(queue["KmsMasterKeyId"]), (template, name)
    for template, name, group in everywhere("AWS::Logs::LogGroup"):
        assert _key(group["KmsKeyId"]), (template, name)
    for template, name, secret in everywhere("AWS::SecretsManager::Secret"):
        assert _key(secret["KmsKeyId"]), (template, name)
    for template, name, table in everywhere("AWS::DynamoDB::Table"):
        assert _key(table["SSESpecification"]["KMSMasterKeyId"]), (template, name)
    for template, name, topic in everywhere("AWS::SNS::Topic"):
        assert _key(topic["KmsMasterKeyId"]), (template, name)
    for template, name, bucket in everywhere("AWS::S3::Bucket"):
        rule = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
        assert _key(rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]), (template, name)
    for template, name, cluster in everywhere("AWS::RDS::DBCluster"):
        assert cluster["StorageEncrypted"] is True
        assert _key(cluster["KmsKeyId"]), (template, name)
    for _, name, key in everywhere("AWS::KMS::Key"):
        assert key["EnableKeyRotation"] is True, name


def _key(value: Any) -> bool:
    return pointed_at(value) == "DataKey" or value == {"Fn::GetAtt": ["Keys", "Outputs.DataKey"]}


def test_routes_with_throttles_of_their_own_exist_and_none_is_forgotten(functions: list[Function]) -> None:
    guarded = {
        f"{spec.method} {spec.path}"
        for spec in (each.endpoint for each in functions if each.kind == "endpoint")
        if spec.limit == "auth" or spec.idempotency == "required"
    }
    found: set[str] = set()
    for api in ("public", "admin"):
        throttles = json.loads((ROOT / f"events/gateway/{api}-throttles.json").read_text())
        routed = json.loads((ROOT / f"events/gateway/{api}.json").read_text())["paths"]
        for route in throttles:
            method, _, path = route.partition(" ")
            assert method.lower() in routed[path], route
        found |= set(throttles)
    assert found == guarded


def test_the_gateway_asks_for_a_token_exactly_where_the_function_does(functions: list[Function]) -> None:
    for each in functions:
        if each.kind != "endpoint":
            continue
        api = "admin" if each.endpoint.path.startswith("/v1/admin/") else "public"
        routed = json.loads((ROOT / f"events/gateway/{api}.json").read_text())["paths"]
        path = f"/{each.endpoint.path}".replace("//", "/")
        method = (
            "x-amazon-apigateway-any-method"
            if each.endpoint.method == "ANY"
            else each.endpoint.method.lower()
        )
        caller = each.endpoint.signature.caller
        # An API key is nothing the gateway can check.
        keyed = bool(caller and issubclass(caller[1], Staff)) and may_be_a_scope(each.endpoint.needs)
        signed_in = bool(caller and issubclass(caller[1], Member))
        assert ("security" in routed[path][method]) == (signed_in and not keyed), each.name
