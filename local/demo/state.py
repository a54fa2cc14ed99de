"""What the demo data consists of, and whether this database has all of it: asked at every start, so with few imports."""

import subprocess
import sys
from collections.abc import Mapping

import psycopg

# By brand, in the order of loading. A new part is added at the end: older data gets it at the next start.
PARTS = {
    "demo": ("people", "shop", "reviews", "partner_user", "google", "promotions", "sendcloud"),
    "other": ("people", "shop"),
}

_LOADED = """
    SELECT b.slug, jsonb_array_elements_text(b.settings -> 'demo_parts') FROM platform.brands b
     WHERE b.slug = ANY (%s)
"""


def is_loaded(jobs_url: str) -> bool:
    """Whether every part is there; `jobs_url` is the `postgresql://` URL of the jobs' role."""
    with psycopg.connect(jobs_url) as connection:
        loaded = set(connection.execute(_LOADED, (list(PARTS),)).fetchall())
    return loaded >= {(brand, part) for brand, parts in PARTS.items() for part in parts}


def ensure(environment: Mapping[str, str]) -> bool:
    """Load the demo data in a child process that is given `environment` (see `local.demo.__main__`), unless it is there.

    Answers whether anything was missing. Raises subprocess.CalledProcessError with what the child said.
    """
    if is_loaded(environment["JOBS_DATABASE"]):
        return False
    subprocess.run(
        [sys.executable, "-m", "local.demo"],
        env=dict(environment),
        check=True,
        capture_output=True,
        text=True,
    )
    return True
