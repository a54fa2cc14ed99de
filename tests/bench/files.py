"""`python -m tests.bench.files [rows]`: how long an import, an export and a rendition take, by the local run; for docs/media.md."""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from shared.catalog import renditions
from tests.journeys.local_run import LocalRun
from tests.journeys.test_files import manager, send
from tests.pictures import picture

ROWS = 10_000
_BODY = "<p>What a product's page says of it, at some length.</p>" * 8


def sheet(rows: int, price: str) -> bytes:
    """Products of two variants, one row each."""
    heading = "Handle,Title,Body (HTML),Tags,Status,Option1 Name,Option1 Value,Variant SKU,Variant Price\r\n"
    written = [heading]
    for n in range(rows // 2):
        written.append(f'p-{n},Product {n},"{_BODY}","tag {n % 20}, bench",active,Size,S,P-{n}-S,{price}\r\n')
        written.append(f"p-{n},,,,,,L,P-{n}-L,{price}\r\n")
    return "".join(written).encode()


def imported(run: LocalRun, caller: dict[str, str], content: bytes, mode: str) -> tuple[float, Any]:
    """Seconds from the order to the job's end, and the job."""
    started = time.perf_counter()
    order = run.http.post("/v1/admin/products/import", json={"mode": mode}, headers=caller).json()
    answer = send(order["upload"], content, "text/csv")
    assert answer.status_code == 201, answer.text
    while True:
        job = run.http.get(f"/v1/admin/jobs/{order['id']}", headers=caller).json()
        if job["status"] in ("done", "failed"):
            return time.perf_counter() - started, job
        time.sleep(0.1)


def imports(rows: int) -> None:
    """Print how long each kind of import takes."""
    with tempfile.TemporaryDirectory() as home:
        run = LocalRun(Path(home))
        try:
            with run.running():
                run.local("/limits", {"enabled": False})
                caller = manager(run)
                for what, price, mode in (
                    ("new", "10.00", "all_or_nothing"),
                    ("the same again", "10.00", "all_or_nothing"),
                    ("the same again", "10.00", "skip_errors"),
                    ("other prices", "11.00", "skip_errors"),
                    ("other prices", "12.00", "all_or_nothing"),
                ):
                    seconds, job = imported(run, caller, sheet(rows, price), mode)
                    print(
                        f"{rows} rows, {what}, {mode}: {seconds:.1f} s {job['status']} {job['counts']}",
                        flush=True,
                    )
                run.settle(300)
                started = time.perf_counter()
                answer = run.http.get("/v1/admin/products/export", headers=caller)
                print(f"export asked: {answer.status_code} in {time.perf_counter() - started:.2f} s")
                if answer.status_code == 202:
                    export(run, caller, answer.json()["id"], started)
        finally:
            run.forget()


def export(run: LocalRun, caller: dict[str, str], job_id: str, started: float) -> None:
    """Print how long the file took, and that its link opens."""
    while (job := run.http.get(f"/v1/admin/jobs/{job_id}", headers=caller).json())["status"] not in (
        "done",
        "failed",
    ):
        time.sleep(0.1)
    took = time.perf_counter() - started
    file = run.http.get(job["result"]["url"])
    print(
        f"export by a job: {took:.1f} s, {len(file.content) / 1e6:.1f} MB, {file.status_code}, {job['counts']}"
    )


def pictures() -> None:
    """Print the CPU time of making renditions."""
    for kind, size in (
        ("JPEG", (1200, 900)),
        ("JPEG", (4032, 3024)),
        ("PNG", (4032, 3024)),
        ("WEBP", (4032, 3024)),
        ("AVIF", (2000, 1500)),
        ("JPEG", (9000, 7000)),
        ("PNG", (9000, 7000)),
    ):
        content = picture(kind, size)
        started = time.process_time()
        made = renditions.make(content)
        took = time.process_time() - started
        sizes = ", ".join(f"{each.width}: {len(each.content) // 1000} kB" for each in made)
        print(
            f"{kind} {size[0]}x{size[1]} ({len(content) // 1000} kB): {took * 1000:.0f} ms CPU; {sizes}",
            flush=True,
        )


if __name__ == "__main__":
    pictures()
    imports(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
