"""What administration tells the other contexts."""

from typing import ClassVar

from shared.platform.events import Event


class BrandSettingsChangedV1(Event):
    """Administrators changed what holds for the brand: these settings, by name."""

    type: ClassVar[str] = "brand_settings.changed"

    names: list[str]
