"""Every 1 day — erasures that the ledger knows and the database does not, because it was restored, are asked for again."""

from shared.platform.doors import job
from shared.privacy.restoring import restore_batch

handler = job("restore_erasures", restore_batch, every="1 day")
