"""brand_settings.changed — have every level decided anew by what it takes now."""

from shared.administration.events import BrandSettingsChangedV1
from shared.identity.standings import doubt_levels
from shared.platform.doors import consumer
from shared.platform.work import Work

_SECTION = "levels"


def on_level_settings_changed(fact: BrandSettingsChangedV1, work: Work) -> None:
    if _SECTION in fact.names:
        doubt_levels(work)


handler = consumer(on_level_settings_changed, listens=BrandSettingsChangedV1)
