"""`OWNER_DATABASE=postgresql://… python -m local.migrate [revision]`: bring a database up to date."""

import os
import sys

from shared.migrations.upgrade import upgrade

if __name__ == "__main__":
    if not os.environ.get("OWNER_DATABASE"):
        sys.exit("OWNER_DATABASE must be the postgresql:// URL of the database's owner")
    applied = upgrade(
        os.environ["OWNER_DATABASE"], *sys.argv[1:2], tell=lambda revision: print(f"migrated {revision}")
    )
    print(f"{len(applied)} migrations applied" if applied else "up to date")
