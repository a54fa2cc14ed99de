"""Every 1 day — forget what was to be sent and never came, what was sent and has been read, and renditions that nobody shows."""

from itertools import islice

from shared.catalog import orphans
from shared.platform import clock, media_files, uploads
from shared.platform.doors import job


def clean_orphan_media() -> tuple[int, int]:
    forgotten = orphans.forget_stale_images() + orphans.forget_stale_imports()
    unused = orphans.unused_files()
    media_files.delete([row.key for row in unused])
    orphans.forget_files(unused)
    read = list(islice(uploads.older_than(clock.now() - orphans.NEVER_CAME), orphans.BATCH))
    uploads.delete(read)
    return forgotten + len(unused) + len(read), 0


handler = job("clean_orphan_media", clean_orphan_media, every="1 day")
