"""Looks whether something is wrong, raises what is new, resolves what is over."""

from collections.abc import Sequence
from uuid import UUID

from shared.platform import alert_rules, alerts, dead_letters
from shared.platform.alert_rules import Rule
from shared.platform.alerts import Finding
from shared.platform.aws import AwsError
from shared.platform.brands import brand_by_id
from shared.platform.database import Role
from shared.platform.logs import log
from shared.platform.work import begin

_FUNCTION = "alerts"
# Alerts that somebody else raises and resolves.
AUDIT_BROKEN = "audit.broken"
_OTHERS = (AUDIT_BROKEN,)

type _Key = tuple[UUID, str, str]


def look(rules: Sequence[Rule]) -> tuple[int, int]:
    """Compare what is wrong by `rules` with the standing alerts; answers how many changed, and how many brands' could not be written."""
    depths = _depths()
    with begin(None, _FUNCTION, Role.JOBS) as work:
        findings = [finding for rule in rules for finding in rule(work)]
        findings += alert_rules.dead_letters(depths or {})
        brands = [row.id for row in work.all("SELECT id FROM platform.brands ORDER BY id")]
        standing = {(row.brand_id, row.rule, row.subject): row for row in alerts.standing(work)}
    wanted = {
        (brand_id, finding.rule, finding.subject): finding
        for finding in findings
        for brand_id in ([finding.brand_id] if finding.brand_id else brands)
    }
    # What could not be looked at may still be wrong.
    kept = (*_OTHERS, alert_rules.DEAD_LETTERS) if depths is None else _OTHERS
    over = {key: row.id for key, row in standing.items() if key not in wanted and key[1] not in kept}
    new = {key for key in wanted if key not in standing or standing[key].level != wanted[key].level}
    done = failed = 0
    for brand_id in sorted({key[0] for key in (*wanted, *over)}):
        # One brand's mishap must not keep the others from theirs.
        try:
            _write(brand_id, wanted, over)
        except Exception:
            log.exception("alerts not written", extra={"brand": str(brand_id)})
            failed += 1
        else:
            done += sum(key[0] == brand_id for key in (*new, *over))
    return done, failed


def _write(brand_id: UUID, wanted: dict[_Key, Finding], over: dict[_Key, UUID]) -> None:
    with begin(brand_by_id(brand_id), _FUNCTION, Role.JOBS) as work:
        # Every run takes the rows in one order.
        for key in sorted(key for key in (*wanted, *over) if key[0] == brand_id):
            if key in wanted:
                alerts.raise_alert(work, wanted[key])
            else:
                alerts.resolve(work, over[key])


def _depths() -> dict[str, int] | None:
    try:
        return dead_letters.depths()
    except (AwsError, OSError) as error:
        log.warning("queues unseen", extra={"reason": str(error)})
        return None
