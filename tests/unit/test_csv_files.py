"""CSV files that jobs write: what dies while writing leaves nothing on the disk, since a warm function's disk is small and stays."""

import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest

from shared.platform import csv_files, private_files
from shared.platform.csv_files import Sink, TooMuch
from shared.platform.work import Work

WORK = cast(Work, SimpleNamespace(brand=SimpleNamespace(id=uuid4(), slug="maison")))


def breaks_off(into: Sink) -> int:
    into.write("a,b")
    raise RuntimeError("the database went away")


def test_a_file_whose_writing_fails_does_not_stay_on_the_disk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(RuntimeError):
        csv_files.to_disk(WORK, uuid4(), "a.csv", breaks_off)
    assert list(tmp_path.iterdir()) == []


def test_what_is_written_is_there_until_it_is_stored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    put: list[tuple[Any, ...]] = []

    def fails(path: str, key: str, content_type: str) -> None:
        put.append((Path(path).read_text(), key, content_type))
        raise ConnectionResetError

    monkeypatch.setattr(private_files, "put_from", fails)
    job_id = uuid4()
    written = csv_files.to_disk(WORK, job_id, "a.csv", lambda into: int(bool(into.write("é"))))
    with pytest.raises(ConnectionResetError):
        csv_files.store(written)
    assert put == [("é", f"results/{WORK.brand.id}/{job_id}.csv", "text/csv; charset=utf-8")]
    assert list(tmp_path.iterdir()) == []


def test_an_answer_holds_so_many_bytes_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "MOST_BYTES", 4)
    assert csv_files.within_answer(lambda into: int(bool(into.write("éé")))) == "éé"
    with pytest.raises(TooMuch):
        csv_files.within_answer(lambda into: int(bool(into.write("ééa"))))
