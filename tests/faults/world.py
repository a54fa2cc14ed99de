"""The running system under test: our own PostgreSQL, so that it can be killed, and the real local run on it."""

import asyncio
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from local import environment, postgres
from local.aws.process import REGION
from local.clock import MovableClock
from local.files import CHECKOUT, Files
from local.postgres import places
from local.templates import reader
from local.templates.stack import Place
from shared.migrations.provision import DATABASE, ROLES, DatabaseUrls, urls_of
from tests.journeys.local_run import LocalRun

_WORKERS = "3"
_STOCK = 100_000
# So many variants of each brand stay scarce (one of a brand that has one), so that buyers compete and meet refusals.
_SCARCE = 3
_STOCK_UP = """
    INSERT INTO inventory.inventory_movements (brand_id, id, item_id, type, quantity, reason, actor, at)
    SELECT brand_id, gen_random_uuid(), id, 'in', %(units)s, 'for the fault run', 'faults', now()
      FROM inventory.inventory_items WHERE variant_id <> ALL (%(scarce)s)
"""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a brand has for sale: ids of variants. Of the `scarce` ones only a few are there, and now and then a few more.
    `slugs` are the products', by variant."""

    brand: str
    variants: tuple[str, ...]
    scarce: tuple[str, ...]
    slugs: dict[str, str]


class World:
    """`with world.running():` the system serves; its files lie below `home`. `port` 0 takes any free ports, else five from there;
    buyers have `patience` (seconds)."""

    def __init__(self, port: int = 0, patience: float = 40.0) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="comptoir-faults-"))
        self.files = Files(self.home)
        self._port, self.patience = port, patience
        self.server = postgres.PostgreSQL(postgres.home(self.home), port + 3 if port else 0)
        self.run: LocalRun
        self.shelves: dict[str, Shelf] = {}
        self.restarts = 0

    @contextmanager
    def running(self) -> "Iterator[World]":
        """Start everything; in the end stop it, and keep the files."""
        self.server.start()
        try:
            # The run sets the passwords of its own files at its start, the server its own at each of its restarts: the same ones.
            for role in ROLES:
                self.files.secret(role, self.server.passwords()[role])
            if self._port:
                kept = self.files.data / "ports.json"
                kept.write_text(
                    json.dumps({"aws": self._port + 1, "stripe": self._port + 2, "paypal": self._port + 4})
                )
            # Workers die every few seconds: importing all handlers beforehand would be most of the work.
            workers = {"WORKERS": _WORKERS, "BACKGROUND_WORKERS": _WORKERS, "WARM": "0"}
            self.run = LocalRun(self.home, DATABASE_URL=self.server.admin_url, **workers)
            try:
                self.run.start(self._port)
                self._open()
                yield self
            finally:
                self.run.stop()
        finally:
            self.server.stop()

    def forget(self) -> None:
        """Delete all files."""
        places.remove(self.home)
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def urls(self) -> DatabaseUrls:
        """The database's, by role."""
        return urls_of(self.server.admin_url, self.server.passwords())

    @property
    def admin_url(self) -> str:
        """The superuser's, who sees every brand's rows."""
        return self.server.url_as("postgres", DATABASE)

    @property
    def aws_port(self) -> int:
        """Where the local AWS services listen."""
        return int(json.loads((self.files.data / "ports.json").read_bytes())["aws"])

    def now(self) -> datetime:
        """The one clock."""
        return datetime.now(UTC) + timedelta(seconds=MovableClock(self.files.clock).offset_seconds)

    async def end_database(self, seconds: float, *, crash: bool) -> None:
        """End PostgreSQL, at once as a crash would or as a restart does; start it again after `seconds`. From the main thread."""
        pid = self.server.pid
        if pid is None:
            return
        os.kill(pid, signal.SIGQUIT if crash else signal.SIGINT)
        while self.server.pid is not None:
            await asyncio.sleep(0.02)
        await asyncio.sleep(seconds)
        self.server.stop()
        self.server.start()
        self.restarts += 1

    def environment(self) -> dict[str, str]:
        """What a function is given that runs outside of the local run's workers."""
        ports = json.loads((self.files.data / "ports.json").read_bytes())
        aws, stripe, paypal = (f"http://127.0.0.1:{ports[name]}" for name in ("aws", "stripe", "paypal"))
        secrets = environment.webhook_secret(self.files), environment.master_key(self.files)
        authority = str(self.files.paypal / "authority.pem")
        settings = environment.Settings(self.run.url, aws, stripe, self.urls, *secrets, paypal, authority)
        place = Place(REGION, aws, environment.STAGE)
        system = reader.read(CHECKOUT, place, environment.parameters(settings))
        return environment.of_workers(settings, self.files, system, media_bucket="")

    def _stock_up(self) -> None:
        scarce = [variant for shelf in self.shelves.values() for variant in shelf.scarce]
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(_STOCK_UP, {"units": _STOCK, "scarce": scarce})

    def _open(self) -> None:
        self.run.local("/limits", {"enabled": False})
        for brand in ("demo", "other"):
            listed: dict[str, Any] = self.run.http.get(
                "/v1/store/products?limit=100", headers={"X-Brand": brand}
            ).json()
            slugs = {one["id"]: product["slug"] for product in listed["data"] for one in product["variants"]}
            variants = sorted(slugs)
            scarce = variants[:_SCARCE] if len(variants) > 1 else []
            self.shelves[brand] = Shelf(brand, tuple(variants), tuple(scarce), slugs)
        self._stock_up()
