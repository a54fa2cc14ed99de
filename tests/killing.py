"""Functions that die at a named step, for tests of what is left of them."""

from collections.abc import Callable, Iterator

import pytest

from shared.platform import steps

type DieAt = Callable[[str], None]


class Killed(BaseException):
    """The function dies here: no handler of its own sees it."""


@pytest.fixture
def die_at() -> Iterator[DieAt]:
    """`die_at(step)`: the next function that stands there is killed."""

    def arm(name: str) -> None:
        def hook(step: str, function: str) -> None:
            if step == name:
                steps.install(None)
                raise Killed

        steps.install(hook)

    yield arm
    steps.install(None)
