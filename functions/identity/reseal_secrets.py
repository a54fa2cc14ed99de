"""Every 1 day — what an older master key has sealed is sealed again by the current one."""

from shared.identity.resealing import reseal_batch
from shared.platform.doors import job

handler = job("reseal_secrets", reseal_batch, every="1 day")
