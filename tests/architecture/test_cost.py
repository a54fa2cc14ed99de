"""The cost model's tables in the docs are what the model computes."""

from local import cost
from tests.architecture.packages import ROOT


def test_the_document_tells_what_the_model_computes() -> None:
    text = (ROOT / "docs" / "cost.md").read_text()
    assert cost.tables() in text, "python -m local.cost"


def test_the_shares_of_requests_are_of_a_thousand() -> None:
    assert sum(kind.of_thousand for kind in cost.KINDS.values()) == 1000
