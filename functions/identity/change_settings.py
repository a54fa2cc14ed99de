"""PATCH /v1/admin/settings — change what holds for the brand."""

from shared.administration import brand_settings
from shared.administration.brand_settings import BrandSettings, SettingsChange, read_settings
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def change_settings(ask: SettingsChange, expected: IfMatch, caller: Staff, work: Work) -> BrandSettings:
    before = read_settings(work)
    after = brand_settings.change_settings(work, ask, expected)
    work.audit(resource={"brand_id": work.brand.id}, before=before, after=after)
    return after


handler = endpoint("PATCH", "/v1/admin/settings", change_settings, needs="settings:manage")
