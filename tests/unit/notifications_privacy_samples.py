"""The mails about levels and privacy, to look at in tests, and whatever else they may be given."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from shared.notifications.templates.data_export_ready.variables import DataExportReadyV1
from shared.notifications.templates.erasure_done.variables import ErasureDoneV1, KeptPart
from shared.notifications.templates.level_reached.variables import LevelReachedV1
from shared.notifications.templates.privacy_request_received.variables import PrivacyRequestReceivedV1
from shared.notifications.variables import MailVariables

_AT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
_UNTIL = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
_FORGOTTEN = "https://cimes.example/account/forgotten-password"
_DOWNLOAD = "https://api.cimes.example/v1/privacy-downloads/Vd7Vh0mWbY2kXzJq4nLr8sTcPf1aGeUo3iKw9yBxQ5M"

PRIVACY_SAMPLES: tuple[MailVariables, ...] = (
    LevelReachedV1(first_name="Ada", level="protecteur", page="https://cimes.example/account/level"),
    PrivacyRequestReceivedV1(kind="export", asked_at=_AT, due_at=_UNTIL, reset_link=_FORGOTTEN),
    PrivacyRequestReceivedV1(kind="erase", asked_at=_AT, due_at=_UNTIL, reset_link=_FORGOTTEN),
    DataExportReadyV1(link=_DOWNLOAD, expires_at=_UNTIL, kilobytes=1234),
    ErasureDoneV1(
        done_at=_AT,
        kept=(
            KeptPart(
                what="accounting", law="Code de commerce, art. L123-22", until=_UNTIL.replace(year=2036)
            ),
            KeptPart(what="open_orders", law="RGPD, art. 6(1)(b)"),
            KeptPart(what="answer", law="RGPD, art. 5(2)", until=_UNTIL),
        ),
        link=_DOWNLOAD,
        expires_at=_UNTIL,
    ),
)

_LINK = st.just(_DOWNLOAD)
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=40)
_MOMENT = st.integers(-2 * 10**9, 7 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
_KEPT = st.sampled_from(
    ["accounting", "business_invoices", "open_orders", "identity_checks", "delivery", "answer", "other"]
)

PRIVACY_VARIABLES: dict[type[MailVariables], st.SearchStrategy[Any]] = {
    LevelReachedV1: st.builds(
        LevelReachedV1,
        first_name=st.just("") | _TEXT,
        level=st.sampled_from(["explorateur", "protecteur", "ambassadeur"]),
        page=_LINK,
    ),
    PrivacyRequestReceivedV1: st.builds(
        PrivacyRequestReceivedV1,
        kind=st.sampled_from(["export", "erase"]),
        asked_at=_MOMENT,
        due_at=_MOMENT,
        reset_link=_LINK,
    ),
    DataExportReadyV1: st.builds(
        DataExportReadyV1, link=_LINK, expires_at=_MOMENT, kilobytes=st.integers(1, 10**6)
    ),
    ErasureDoneV1: st.builds(
        ErasureDoneV1,
        done_at=_MOMENT,
        kept=st.lists(st.builds(KeptPart, what=_KEPT, law=_TEXT, until=st.none() | _MOMENT), max_size=3).map(
            tuple
        ),
        link=_LINK,
        expires_at=_MOMENT,
    ),
}
