"""The audit log's hash chain, and its offline verifier: one file, standard library only, so that an auditor may take it along.

`python audit_chain.py EXPORT.jsonl … [--anchor ANCHOR.json …]` says what was changed, taken out, added or moved; status 1 if anything was.

An entry's body is written canonically (JSON, keys sorted, no spaces, UTF-8) and hashed: digest = SHA-256(body). The chain is
hash[n] = SHA-256(hash[n-1] + n as 8 bytes, big-endian + digest[n]), with 32 zero bytes before the first entry of a brand. Personal data
is no part of a body: the body holds SHA-256(salt + canonical personal data), and salt and data lie beside it and can be erased.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

EXPORT_FORMAT, ANCHOR_FORMAT = "comptoir-audit/1", "comptoir-audit-anchor/1"
GENESIS = bytes(32)
ERASED = "audit.erased"


def canonical(value: Any) -> bytes:
    """The one way to write `value` (no floats). Raises ValueError for what JSON cannot say."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def digest(body: Any) -> bytes:
    """The hash of an entry's body."""
    return hashlib.sha256(canonical(body)).digest()


def link(previous: bytes, sequence: int, body_digest: bytes) -> bytes:
    """The hash of entry `sequence`, which follows the one whose hash is `previous`."""
    return hashlib.sha256(previous + sequence.to_bytes(8, "big") + body_digest).digest()


def commitment(salt: bytes, personal: Any) -> str:
    """What a body says of personal data that lies outside of it."""
    return hashlib.sha256(salt + canonical(personal)).hexdigest()


@dataclass
class Report:
    """What verifying found: `problems` is empty when nothing was touched."""

    brand_id: str = ""
    first: int = 1
    last: int = 0
    entries: int = 0
    erased: int = 0
    anchors: int = 0
    problems: list[str] = field(default_factory=list)


def verify(
    exports: Sequence[Iterable[bytes]], anchors: Iterable[Any] = (), *, personal: bool = True
) -> Report:
    """Check the parts of one brand's export (each its lines), which together must reach the chain's head.

    They begin with entry 1, or behind an entry that one of the `anchors` (parsed) knows. Without `personal`, only the chain is
    checked, and not what lies beside it.
    """
    report = Report()
    parts = sorted((_read(lines, report) for lines in exports), key=_first)
    if not parts:
        report.problems.append("nothing to verify")
        return report
    report.brand_id = str(parts[0][0].get("brand_id"))
    known = [anchor for anchor in anchors if anchor.get("brand_id") == report.brand_id]
    _Chain(report, {anchor["sequence"]: str(anchor["hash"]) for anchor in known}, personal).walk(parts)
    return report


class _Chain:
    def __init__(self, report: Report, anchored: dict[int, str], checks_personal: bool) -> None:
        self._report, self._anchored, self._checks_personal = report, anchored, checks_personal
        self._hash = GENESIS.hex()
        self._heads: list[bytes] = []
        self._missing: set[int] = set()
        self._erased: set[int] = set()

    def walk(self, parts: list[list[dict[str, Any]]]) -> None:
        report = self._report
        report.first = _first(parts[0])
        report.last = report.first - 1
        if report.first != 1:
            self._hash = self._anchored.get(report.last, "")
            if not self._hash:
                self._complain(f"begins with entry {report.first}, and no anchor knows entry {report.last}")
        for header, *entries in parts:
            self._header(header, len(entries))
            for entry in entries:
                self._entry(entry)
        for head in self._heads:
            self._complain(f"entries are missing up to the head, or it is another one: {head.decode()}")
        for sequence in sorted(self._missing - self._erased):
            self._complain(f"entry {sequence}: its personal data is gone, and no entry says it was erased")

    def _complain(self, what: str) -> None:
        self._report.problems.append(what)

    def _header(self, header: dict[str, Any], entries: int) -> None:
        last, head = self._report.last, header.get("head")
        told = {"format": EXPORT_FORMAT, "brand_id": self._report.brand_id, "first": last + 1}
        if not _same(header, told | {"last": last + entries, "head": head}):
            self._complain(f"the header is {header}, but {entries} entries follow entry {last}")
        # A part ends at the head, or before it: then a later part must come to it.
        sequence = head.get("sequence") if isinstance(head, dict) else None
        if type(sequence) is not int or sequence < last + entries:
            self._complain(f"the head {head} lies before the last entry")
        self._heads.append(canonical(head))
        self._at_head()

    def _at_head(self) -> None:
        here = canonical({"sequence": self._report.last, "hash": self._hash})
        self._heads = [head for head in self._heads if head != here]

    def _entry(self, entry: dict[str, Any]) -> None:
        report, sequence = self._report, self._report.last + 1
        report.last, report.entries = sequence, report.entries + 1
        body = entry.get("body")
        written = link(bytes.fromhex(self._hash), sequence, digest(body)).hex()
        told = {"sequence": sequence, "previous": self._hash, "hash": written, "body": body}
        if not _same(entry, told | {name: entry.get(name) for name in ("personal", "salt")}):
            self._complain(f"entry {sequence}: changed, moved, or another one was taken out before it")
        # Go on from what is told, so that one change is one complaint.
        self._hash = str(entry["hash"]) if _is_hash(entry.get("hash")) else written
        if not isinstance(body, dict) or body.get("brand_id") != report.brand_id:
            self._complain(f"entry {sequence}: of another brand")
            return
        if sequence in self._anchored:
            report.anchors += 1
            if self._anchored[sequence] != self._hash:
                self._complain(f"entry {sequence}: not the one that was anchored")
        self._at_head()
        if self._checks_personal:
            self._personal(sequence, entry, body)

    def _personal(self, sequence: int, entry: dict[str, Any], body: dict[str, Any]) -> None:
        if body.get("action") == ERASED:
            self._erased.update(_numbers(body.get("resource")))
        personal, salt, promised = entry.get("personal"), entry.get("salt"), body.get("personal")
        if personal is None and salt is None:
            if promised is not None:
                self._missing.add(sequence)
                self._report.erased += 1
        elif not _is_hex(salt) or commitment(bytes.fromhex(str(salt)), personal) != promised:
            self._complain(f"entry {sequence}: its personal data was changed")


def _read(lines: Iterable[bytes], report: Report) -> list[dict[str, Any]]:
    """The header and the entries; what cannot be read is complained of and stands as an empty one."""
    read: list[dict[str, Any]] = []
    for number, line in enumerate(lines, 1):
        try:
            value = json.loads(line)
            # Written otherwise is changed too: doubled keys and blanks would read the same.
            if not isinstance(value, dict) or canonical(value) + b"\n" != line:
                raise ValueError("not as it was written")
        except (ValueError, RecursionError) as error:
            report.problems.append(f"line {number}: {error}")
            value = {}
        read.append(value)
    return read or [{}]


def _first(part: list[dict[str, Any]]) -> int:
    first = part[0].get("first")
    return first if type(first) is int and first > 0 else 1


def _numbers(resource: Any) -> list[int]:
    entries = resource.get("entries") if isinstance(resource, dict) else None
    return [each for each in entries if type(each) is int] if isinstance(entries, list) else []


def _same(one: Any, other: Any) -> bool:
    """Written alike: to Python, 1, 1.0 and True are equal."""
    return canonical(one) == canonical(other)


def _is_hex(text: Any) -> bool:
    return isinstance(text, str) and len(text) % 2 == 0 and set(text) <= set("0123456789abcdef")


def _is_hash(text: Any) -> bool:
    return _is_hex(text) and len(text) == 2 * len(GENESIS)


def main(arguments: Sequence[str]) -> int:
    """The command line; answers the exit status."""
    from argparse import ArgumentParser
    from pathlib import Path

    parser = ArgumentParser(description="Verify an export of the audit log.")
    parser.add_argument("exports", nargs="+", type=Path, help="what GET /v1/admin/audit-logs/export answered")
    parser.add_argument("--anchor", action="append", default=[], type=Path, help="an object of the bucket")
    asked = parser.parse_args(arguments)
    anchors = [json.loads(path.read_bytes()) for path in asked.anchor]
    report = verify([path.read_bytes().splitlines(keepends=True) for path in asked.exports], anchors)
    for problem in report.problems:
        print(problem)
    state = f"{len(report.problems)} problems" if report.problems else "intact"
    print(
        f"brand {report.brand_id}: entries {report.first} to {report.last}, {report.anchors} anchored,"
        f" {report.erased} without personal data: {state}"
    )
    return bool(report.problems)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
