"""A commit that told events — publish them now rather than at the next minute."""

from shared.platform.doors import wake
from shared.platform.relay import relay_next

handler = wake(relay_next)
