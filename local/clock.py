"""The local hand on the one clock: writes the file that shared.platform.clock reads in every process."""

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

_OFFSET = struct.Struct("<d")
_LONGEST = timedelta(days=366 * 50).total_seconds()


class OutOfReach(ValueError):
    """The clock cannot be moved that far."""


class MovableClock:
    """The clock of `file`, made if need be. What it was moved by survives a restart, as the data does."""

    def __init__(self, file: Path) -> None:
        self.file = file
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.stat().st_size != _OFFSET.size:
            file.write_bytes(_OFFSET.pack(0.0))
        with file.open("r+b") as opened:
            self._map = mmap.mmap(opened.fileno(), _OFFSET.size)

    @property
    def offset_seconds(self) -> float:
        """How far the clock is ahead of the real time."""
        return float(_OFFSET.unpack_from(self._map)[0])

    def now(self) -> datetime:
        """The current time, aware, UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.offset_seconds)

    def advance(self, seconds: float) -> None:
        """Move the clock. Raises OutOfReach."""
        self._set(self.offset_seconds + seconds)

    def set_to(self, moment: datetime) -> None:
        """Make it `moment` now; it ticks on from there. Raises OutOfReach."""
        self._set((moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())

    def _set(self, offset: float) -> None:
        if not abs(offset) < _LONGEST:
            raise OutOfReach("the clock can be moved by fifty years at most")
        # One aligned store of eight bytes: no reader sees half of it.
        self._map[:] = _OFFSET.pack(offset)
