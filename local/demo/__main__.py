"""`python -m local.demo`: load what the database and the media bucket of the environment lack of the demo data.

Reads JOBS_DATABASE, MEDIA_BUCKET and boto3's AWS_*, as the functions do; without MEDIA_BUCKET no picture is put.
"""

import os

from local.demo.load import load
from local.demo.pictures import upload


def main() -> None:
    """Load, and say what."""
    for part in load():
        print(f"loaded {part}")
    if bucket := os.environ.get("MEDIA_BUCKET"):
        print(f"put {upload(bucket)} pictures")


if __name__ == "__main__":
    main()
