"""docs/security.md: every test that it names is there."""

import re

from functions._generate.discovery import ROOT

_NAMED = re.compile(r"`(test_\w+)`")
_DEFINED = re.compile(r"^def (test_\w+)", re.MULTILINE)


def test_every_attack_names_a_test_that_is_there() -> None:
    named = set(_NAMED.findall((ROOT / "docs" / "security.md").read_text()))
    there = {
        name for file in (ROOT / "tests").rglob("test_*.py") for name in _DEFINED.findall(file.read_text())
    }
    assert named
    assert named - there == set()
