"""The archive of an export: one JSON file a list, a manifest with their digests, and a page that says what it is."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.platform.brands import Brand
from shared.platform.personal_data import Exported

FORMAT = "comptoir.export/1"
# ZIP knows no time before 1980 and no zone: the same data makes the same bytes.
_STAMP = (1980, 1, 1, 0, 0, 0)
_READ_ME = {
    "fr": """Vos données chez {brand}

Cette archive contient tout ce que {brand} détient sur vous, au {day}.
Chaque fichier .json est une liste ; les montants sont en plus petite unité de leur devise (1999 = 19,99), les dates en UTC.
manifest.json donne le nombre d'éléments et l'empreinte SHA-256 de chaque fichier.
""",
    "en": """Your data at {brand}

This archive holds everything that {brand} keeps about you, as of {day}.
Each .json file is a list; amounts are in the smallest unit of their currency (1999 = 19.99), times are UTC.
manifest.json tells how many items each file has, and its SHA-256 digest.
""",
}


def archive(
    brand: Brand, request_id: UUID, made_at: datetime, held: Mapping[str, Exported], locale: str
) -> bytes:
    """The ZIP archive of what each context holds. Pure."""
    files = {
        f"{context}/{name}.json": _json(rows)
        for context, exported in held.items()
        for name, rows in exported.lists.items()
    }
    counts = {
        f"{context}/{name}.json": len(rows)
        for context, exported in held.items()
        for name, rows in exported.lists.items()
    }
    manifest = {
        "format": FORMAT,
        "brand": {"slug": brand.slug, "name": brand.name},
        "privacy_request_id": str(request_id),
        "made_at": made_at.isoformat(),
        "files": [
            {"name": name, "items": counts[name], "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        ],
    }
    words = _READ_ME.get(locale[:2], _READ_ME["en"]).format(brand=brand.name, day=made_at.date().isoformat())
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in {
            "README.txt": words.encode(),
            "manifest.json": _json(manifest),
            **files,
        }.items():
            into.writestr(zipfile.ZipInfo(name, _STAMP), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False, default=_plain) + "\n").encode()


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
