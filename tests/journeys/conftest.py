"""What journeys share: one local run for all that leave it usable, and fresh ones for those that do not."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.local_run import LocalRun


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All journeys on one worker of pytest-xdist: they share the run, and the machine has few cores."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("journeys"))


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRun]:
    """A local run that all journeys share: leave its faults off and its limits on."""
    shared = LocalRun(tmp_path_factory.mktemp("run"))
    try:
        with shared.running():
            yield shared
    finally:
        shared.forget()


@pytest.fixture
def unlimited(run: LocalRun) -> Iterator[LocalRun]:
    """The shared run while its rate limits are off."""
    run.local("/limits", {"enabled": False})
    yield run
    run.local("/limits", {"enabled": True})


@pytest.fixture
def faulty(run: LocalRun) -> Iterator[LocalRun]:
    """The shared run for a test that arms faults: none is left armed."""
    yield run
    run.local("/faults", method="DELETE")


@pytest.fixture
def make_run(tmp_path: Path) -> Iterator[Callable[..., LocalRun]]:
    """Makes local runs that the test starts, kills and restarts; `make_run()` twice has the same data."""
    made: list[LocalRun] = []

    def make(name: str = "own", **env: str) -> LocalRun:
        home = tmp_path / name
        home.mkdir(exist_ok=True)
        made.append(LocalRun(home, **env))
        return made[-1]

    yield make
    for one in made:
        one.stop()
        one.forget()
