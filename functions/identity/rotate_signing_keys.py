"""Every 1 day — a new key for access tokens in time, the old one retired once the new one signs."""

from shared.identity.key_rotation import rotate_keys
from shared.platform.doors import job

handler = job("rotate_signing_keys", rotate_keys, every="1 day")
