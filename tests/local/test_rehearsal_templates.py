"""What the rehearsal does to templates before the emulator gets them."""

import pytest

from local.rehearsal.emulator import accepts
from local.rehearsal.templates import conditions_known_false, without

CONDITIONS = {
    "CreatesDatabase": {"Fn::Equals": [{"Ref": "Database"}, "aurora"]},
    "HasOwner": {"Fn::Not": [{"Fn::Equals": [{"Ref": "OwnerDatabase"}, ""]}]},
    "Migrates": {"Fn::Or": [{"Condition": "CreatesDatabase"}, {"Condition": "HasOwner"}]},
    "Both": {"Fn::And": [{"Condition": "CreatesDatabase"}, {"Condition": "HasOwner"}]},
    "Unknown": {"Fn::Equals": [{"Fn::GetAtt": ["Aurora", "Arn"]}, ""]},
}


@pytest.mark.parametrize(
    ("given", "absent"),
    [
        ({"Database": "existing", "OwnerDatabase": "arn"}, {"CreatesDatabase", "Both"}),
        ({"Database": "aurora", "OwnerDatabase": ""}, {"HasOwner", "Both"}),
        ({"Database": "existing", "OwnerDatabase": ""}, {"CreatesDatabase", "HasOwner", "Migrates", "Both"}),
    ],
)
def test_what_a_condition_keeps_out_is_no_loss_of_the_emulators(
    given: dict[str, str], absent: set[str]
) -> None:
    assert conditions_known_false({"Conditions": CONDITIONS}, given) == absent


def test_a_resource_waits_for_none_that_is_left_out() -> None:
    assert without({"Type": "T", "DependsOn": ["Kept", "Gone"]}, {"Gone"}) == {
        "Type": "T",
        "DependsOn": ["Kept"],
    }
    assert without({"Type": "T", "DependsOn": "Gone"}, {"Gone"}) == {"Type": "T"}


@pytest.mark.parametrize(
    "kind", ["AWS::Lambda::Function", "AWS::SQS::Queue", "AWS::KMS::Key", "Custom::Schema"]
)
def test_the_emulator_makes_what_the_rehearsal_is_about(kind: str) -> None:
    assert accepts(kind)
