"""Field encryption: what is sealed opens in its own place only, and survives the rotation of master keys."""

import base64
import os
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from shared.platform import aws, encryption
from shared.platform import settings as platform_settings
from shared.platform.encryption import Unsealable, is_current, seal, unseal

OLD, NEW = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))


@pytest.fixture(autouse=True)
def _master_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    use(monkeypatch, OLD)
    yield
    forget()


def use(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    monkeypatch.setenv("MASTER_KEY", keys)
    forget()


def forget() -> None:
    platform_settings.forget()
    encryption.forget()


@given(st.binary(max_size=3000), st.text(max_size=50))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_sealed_opens_in_its_place(plain: bytes, context: str) -> None:
    assert unseal(seal(plain, context), context) == plain


def test_one_secret_sealed_twice_looks_different() -> None:
    assert seal(b"secret", "users/1") != seal(b"secret", "users/1")
    assert "secret" not in seal(b"secret", "users/1")


def test_a_sealed_value_copied_to_another_row_does_not_open() -> None:
    sealed = seal(b"secret", "mfa_factors/1")
    with pytest.raises(Unsealable):
        unseal(sealed, "mfa_factors/2")


@given(st.integers(0, 10_000), st.sampled_from("AZaz09-_."))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_changed_character_is_noticed(position: int, character: str) -> None:
    # 20 bytes, the nonce's 12 and the tag's 16 make whole base64 groups, so that no bit of the text is spare.
    sealed = seal(b"a secret of 20 bytes", "here")
    at = position % len(sealed)
    changed = sealed[:at] + character + sealed[at + 1 :]
    if changed != sealed:
        with pytest.raises(Unsealable):
            unseal(changed, "here")


@given(st.text(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_never_sealed_does_not_open(text: str) -> None:
    with pytest.raises(Unsealable):
        unseal(text, "here")


def test_after_a_rotation_the_old_opens_and_the_new_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    old = seal(b"secret", "here")
    use(monkeypatch, f"{NEW},{OLD}")
    assert not is_current(old)
    assert unseal(old, "here") == b"secret"
    new = seal(unseal(old, "here"), "here")
    assert is_current(new)
    use(monkeypatch, NEW)
    assert unseal(new, "here") == b"secret"
    with pytest.raises(Unsealable):
        unseal(old, "here")


def test_a_data_key_serves_a_bounded_number_of_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encryption, "_VALUES_PER_DATA_KEY", 3)
    wrapped = {seal(b"x", "here").split(".")[2] for _ in range(7)}
    assert len(wrapped) == 3


@pytest.mark.parametrize("value", ["", "short", base64.b64encode(b"x" * 31).decode(), "not base64!"])
def test_a_master_key_of_another_size_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    use(monkeypatch, value)
    with pytest.raises(ValueError, match="MASTER_KEY"):
        seal(b"x", "here")


class Kms:
    """`aws.call` answered by moto's KMS, through boto3's own validation of every request."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self._client = boto3.client("kms", region_name="eu-west-1")

    def new_key(self) -> str:
        arn: str = self._client.create_key()["KeyMetadata"]["Arn"]
        return arn

    def call(self, service: str, operation: str, body: dict[str, Any], timeout: float = 0) -> dict[str, Any]:
        assert service == "kms"
        self.calls.append(operation)
        ask = {
            name: base64.b64decode(value) if name == "CiphertextBlob" else value
            for name, value in body.items()
        }
        method = {"GenerateDataKey": "generate_data_key", "Decrypt": "decrypt"}[operation]
        try:
            answer = getattr(self._client, method)(**ask)
        except self._client.exceptions.ClientError as error:
            raise aws.AwsError(error.response["Error"]["Code"], "", 400) from error
        return {
            name: base64.b64encode(value).decode() if isinstance(value, bytes) else value
            for name, value in answer.items()
        }


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kms]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        kms = Kms()
        monkeypatch.setattr(aws, "call", kms.call)
        yield kms


def test_in_the_cloud_kms_wraps_the_data_keys_and_is_asked_seldom(
    monkeypatch: pytest.MonkeyPatch, kms: Kms
) -> None:
    use(monkeypatch, kms.new_key())
    sealed = [seal(os.urandom(8), "here") for _ in range(20)]
    assert kms.calls == ["GenerateDataKey"]
    encryption.forget()
    assert len({unseal(text, "here") for text in sealed}) == 20
    assert kms.calls == ["GenerateDataKey", "Decrypt"]


def test_a_deployment_moves_from_a_literal_key_to_kms(monkeypatch: pytest.MonkeyPatch, kms: Kms) -> None:
    old = seal(b"secret", "here")
    use(monkeypatch, f"{kms.new_key()},{OLD}")
    assert unseal(old, "here") == b"secret"
    assert not is_current(old)
    assert is_current(seal(b"secret", "here"))


def test_a_data_key_of_another_kms_key_does_not_open(monkeypatch: pytest.MonkeyPatch, kms: Kms) -> None:
    use(monkeypatch, kms.new_key())
    sealed = seal(b"secret", "here")
    use(monkeypatch, kms.new_key())
    with pytest.raises(Unsealable):
        unseal(sealed, "here")
