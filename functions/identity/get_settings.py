"""GET /v1/admin/settings — what holds for the brand."""

from shared.administration.brand_settings import BrandSettings, read_settings
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.work import Work


def get_settings(caller: Staff, work: Work) -> BrandSettings:
    return read_settings(work)


handler = endpoint("GET", "/v1/admin/settings", get_settings, needs="settings:manage")
