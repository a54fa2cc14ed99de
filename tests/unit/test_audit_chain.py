"""The offline verifier of the audit log: whatever one changes in an export, it is found."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import audit_chain
from shared.kernel.audit_chain import (
    ANCHOR_FORMAT,
    ERASED,
    EXPORT_FORMAT,
    GENESIS,
    canonical,
    commitment,
    digest,
    link,
    verify,
)

BRAND, OTHER = "01980000-0000-7000-8000-000000000001", "01980000-0000-7000-8000-000000000002"
SALT = bytes(range(16))

type Lines = list[bytes]


def body(number: int, **more: Any) -> dict[str, Any]:
    return {
        "brand_id": BRAND,
        "action": "orders.refund_order",
        "resource": {"order_id": f"order-{number}"},
        "changes": {"refunded": {"before": 0, "after": number}},
        **more,
    }


def chained(
    bodies: list[dict[str, Any]], personal: dict[int, Any] | None = None, erased: tuple[int, ...] = ()
) -> list[dict[str, Any]]:
    """Entries with these bodies; personal data of some of them, which is gone again from the `erased`."""
    entries, previous = [], GENESIS
    for sequence, each in enumerate(bodies, 1):
        own = (personal or {}).get(sequence)
        written = {**each, "personal": commitment(SALT, own) if own else None}
        hashed = link(previous, sequence, digest(written))
        told = own if sequence not in erased else None
        entries.append(
            {
                "sequence": sequence,
                "previous": previous.hex(),
                "hash": hashed.hex(),
                "body": written,
                "personal": told,
                "salt": SALT.hex() if told else None,
            }
        )
        previous = hashed
    return entries


def export(entries: list[dict[str, Any]], first: int = 1, last: int | None = None) -> Lines:
    """The part `first` to `last` as the endpoint writes it."""
    last = len(entries) if last is None else last
    head = {
        "sequence": len(entries),
        "hash": entries[-1]["hash"] if entries else GENESIS.hex(),
    }
    header = {"format": EXPORT_FORMAT, "brand_id": BRAND, "first": first, "last": last, "head": head}
    return [canonical(line) + b"\n" for line in (header, *entries[first - 1 : last])]


ENTRIES = chained([body(number) for number in range(1, 8)], {2: {"ip": "192.0.2.1"}, 5: {"ip": "192.0.2.2"}})
EXPORT = export(ENTRIES)


def problems(*exports: Lines, anchors: tuple[Any, ...] = ()) -> list[str]:
    return verify(exports, anchors).problems


def anchor(sequence: int, entries: list[dict[str, Any]] = ENTRIES) -> dict[str, Any]:
    told = {"brand_id": BRAND, "sequence": sequence, "hash": entries[sequence - 1]["hash"]}
    return {"format": ANCHOR_FORMAT, "anchored_at": "2026-01-15T00:00:00Z", **told}


def test_an_untouched_export_is_intact() -> None:
    report = verify([EXPORT], [anchor(3)])
    assert report.problems == []
    assert (report.brand_id, report.first, report.last, report.entries) == (BRAND, 1, 7, 7)
    assert (report.anchors, report.erased) == (1, 0)


def test_an_empty_log_is_intact() -> None:
    assert problems(export([])) == []


def test_nothing_is_not_intact() -> None:
    assert problems() != []
    assert problems([]) != []


@given(st.data())
def test_any_byte_that_is_changed_is_found(data: st.DataObject) -> None:
    whole = bytearray(b"".join(EXPORT))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))
    assert problems(bytes(whole).splitlines(keepends=True)) != []


@given(st.data())
def test_any_bytes_that_are_taken_out_or_put_in_are_found(data: st.DataObject) -> None:
    whole = b"".join(EXPORT)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    put_in = data.draw(st.binary(max_size=20))
    if whole[start:end] != put_in:
        changed = whole[:start] + put_in + whole[end:]
        assert problems(changed.splitlines(keepends=True)) != []


_ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 9),
    st.floats(0, 9),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
)


@given(st.data())
def test_any_value_that_is_replaced_and_written_well_is_found(data: st.DataObject) -> None:
    lines = [json.loads(line) for line in EXPORT]
    place: Any = data.draw(st.sampled_from(lines))
    while True:
        key = data.draw(st.sampled_from(sorted(place)))
        if not isinstance(place[key], dict) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    value = data.draw(_ODD)
    if canonical(value) != canonical(place[key]):
        place[key] = value
        assert problems([canonical(line) + b"\n" for line in lines]) != []


@given(st.permutations(range(len(EXPORT))))
def test_any_other_order_is_found(order: list[int]) -> None:
    assert (problems([EXPORT[place] for place in order]) == []) == (order == sorted(order))


@given(st.sets(st.integers(0, len(EXPORT) - 1), min_size=1))
def test_any_line_that_is_missing_or_doubled_is_found(chosen: set[int]) -> None:
    assert problems([line for place, line in enumerate(EXPORT) if place not in chosen]) != []
    assert problems([copy for place, line in enumerate(EXPORT) for copy in [line] * (1 + (place in chosen))])


def test_an_entry_that_was_written_later_into_the_past_is_found() -> None:
    """Even one that its forger chained well: the header knows the head."""
    assert problems([EXPORT[0], *export(chained([body(1)] * 7))[1:]]) != []


def test_a_whole_chain_that_was_written_anew_is_found_by_its_anchors() -> None:
    forged = chained([body(number + 1) for number in range(1, 8)])
    assert problems(export(forged)) == []
    assert problems(export(forged), anchors=(anchor(3),)) != []


def test_parts_are_verified_together_in_any_order() -> None:
    parts = [export(ENTRIES, 1, 3), export(ENTRIES, 4, 5), export(ENTRIES, 6, 7)]
    assert problems(*parts) == problems(*reversed(parts)) == []
    for left_out in range(3):
        assert problems(*(part for number, part in enumerate(parts) if number != left_out)) != []


def test_a_part_begins_behind_an_anchor_or_not_at_all() -> None:
    assert problems(export(ENTRIES, 4), anchors=(anchor(3),)) == []
    assert problems(export(ENTRIES, 4)) != []
    assert problems(export(ENTRIES, 4), anchors=(anchor(3) | {"hash": ENTRIES[0]["hash"]},)) != []


def test_a_part_that_was_exported_before_others_were_written_fits_too() -> None:
    assert problems(export(ENTRIES[:4]), export(ENTRIES, 5)) == []


def test_another_brands_entries_are_no_part() -> None:
    strangers = chained([body(1), body(2, brand_id=OTHER)])
    assert problems(export(strangers)) != []


def test_personal_data_that_was_erased_leaves_the_chain_whole_when_an_entry_says_so() -> None:
    bodies = [body(1), body(2), body(3, action=ERASED, resource={"entries": [1]})]
    erased = export(chained(bodies, {1: {"ip": "192.0.2.1"}}, erased=(1,)))
    report = verify([erased])
    assert (report.problems, report.erased) == ([], 1)
    silently = export(chained(bodies[:2], {1: {"ip": "192.0.2.1"}}, erased=(1,)))
    assert problems(silently) != []


def test_the_verifier_runs_alone_and_says_what_it_found(tmp_path: Path) -> None:
    alone = tmp_path / "verifier.py"
    alone.write_bytes(Path(audit_chain.__file__).read_bytes())
    (tmp_path / "export.jsonl").write_bytes(b"".join(EXPORT))
    (tmp_path / "anchor.json").write_text(json.dumps(anchor(7)))

    def run(*arguments: str) -> tuple[int, str]:
        ran = subprocess.run(
            [sys.executable, "-S", "-E", alone.name, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return ran.returncode, ran.stdout + ran.stderr

    status, said = run("export.jsonl", "--anchor", "anchor.json")
    assert (status, said) == (
        0,
        f"brand {BRAND}: entries 1 to 7, 1 anchored, 0 without personal data: intact\n",
    )
    (tmp_path / "export.jsonl").write_bytes(b"".join(EXPORT).replace(b"order-3", b"order-4", 1))
    status, said = run("export.jsonl")
    assert status == 1
    assert "entry 3: changed" in said


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_cannot_say_is_not_written(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"amount": value})
