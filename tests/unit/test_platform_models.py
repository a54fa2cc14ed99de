"""What requests are made of."""

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.platform.models import Moment

MOMENT: TypeAdapter[Moment] = TypeAdapter(Moment)


@pytest.mark.parametrize(
    "text", ["2026-11-20T09:30:00Z", "2026-11-20t09:30:00.123456z", "2026-11-20T10:30:00+01:00"]
)
def test_a_moment_is_written_as_rfc_3339_has_it(text: str) -> None:
    assert MOMENT.validate_python(text).utcoffset() is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0.5",
        "1795166400",
        "2026-11-20",
        "2026-11-20T09:30:00",
        "2026-11-20T09:30Z",
        "now",
        "２０２６-11-20T09:30:00Z",
    ],
)
def test_anything_else_is_no_moment(text: str) -> None:
    with pytest.raises(ValidationError):
        MOMENT.validate_python(text)
