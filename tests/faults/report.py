"""What a run is told as: figures by kind of trouble, and what was wrong."""

import json
from collections import Counter, defaultdict
from typing import Any

from tests.faults.checks import ALL, mails
from tests.faults.checks.events import why_dead
from tests.faults.checks.happenings import ACTIONS
from tests.faults.checks.logs import exceptions
from tests.faults.conducting import Outcome
from tests.faults.doing import Doing
from tests.faults.evidence import Evidence
from tests.faults.troubles import named_steps

_SHOWN = 8


def figures(outcome: Outcome, doing: Doing, found: Evidence) -> dict[str, Any]:
    """Everything that was counted, as JSON."""
    count = found.rows(
        """SELECT (SELECT count(*) FROM orders.orders) AS orders,
                  (SELECT count(*) FROM platform.inbox) AS applied,
                  (SELECT count(*) FROM platform.delivery_failures) AS failed_deliveries,
                  (SELECT max(attempts) FROM platform.outbox_events) AS most_publish_attempts"""
    )[0]
    return {
        "seed": outcome.plan.seed,
        "plan": outcome.plan.fingerprint(),
        "events": outcome.events,
        "events_wanted": outcome.target,
        "buyers": outcome.buyers,
        "traffic_seconds": round(outcome.traffic_seconds),
        "settling_seconds": round(outcome.settled.seconds),
        "settling_rounds": outcome.settled.rounds,
        "settling_waited_for": outcome.settled.slow,
        "requests": sum(outcome.traffic.requests.values()),
        "requests_repeated": sum(outcome.traffic.repeated.values()),
        "answers": dict(sorted(outcome.traffic.answers.items())),
        "buyers_who_gave_up": outcome.notes.gave_up,
        "refusals": dict(Counter(outcome.notes.refused).most_common()),
        "troubles": dict(sorted(doing.done.items())),
        "troubles_missed": dict(doing.missed),
        "at_named_steps": _at_steps(found),
        "named_steps": len(named_steps()),
        "named_steps_not_met": _not_met(found),
        "calls_that_failed": dict(sorted(outcome.settled.failed.items())),
        "messages_sent_again": doing.copies,
        "webhook_deliveries": found.webhook_deliveries,
        "unknown_mails_that_arrived": _arrived(found),
        "database_restarts": found.world.restarts,
        "orders": {
            row.status: row.n
            for row in found.rows("SELECT status, count(*) AS n FROM orders.orders GROUP BY 1 ORDER BY 1")
        },
        "reviews": {
            row.review_reason: row.n
            for row in found.rows(
                "SELECT review_reason, count(*) AS n FROM orders.orders WHERE status = 'payment_review' GROUP BY 1"
            )
        },
        "payments": {
            row.status: row.n
            for row in found.rows("SELECT status, count(*) AS n FROM billing.payments GROUP BY 1 ORDER BY 1")
        },
        "refunds": {
            f"{row.source} {row.status}": row.n
            for row in found.rows(
                "SELECT source, status, count(*) AS n FROM orders.refunds GROUP BY 1, 2 ORDER BY 1, 2"
            )
        },
        "mails": {
            f"{row.status}: {row.reason or ''}": row.n
            for row in found.rows(
                "SELECT status, reason, count(*) AS n FROM notifications.mails GROUP BY 1, 2 ORDER BY 1, 2"
            )
        },
        "events_by_type": {
            row.type: row.n
            for row in found.rows(
                "SELECT type, count(*) AS n FROM platform.outbox_events GROUP BY 1 ORDER BY 1"
            )
        },
        "applied": count.applied,
        "deliveries_that_failed_at_least_once": count.failed_deliveries,
        "most_publish_attempts": count.most_publish_attempts,
        "dead_letters": dict(_dead_letters(found).most_common()),
        "falsifications": {became.name.lower(): lies for became, lies in outcome.told.items()},
        "exceptions": dict(exceptions(found).most_common()),
        "checks": len(ALL),
        "violations": outcome.violations,
    }


def _not_met(found: Evidence) -> dict[str, list[str]]:
    """At which named steps each was never done."""
    done = {(one["function"], one["step"], one["action"]) for one in found.fired}
    return {
        action: [f"{name} {step}" for name, step in sorted(named_steps()) if (name, step, action) not in done]
        for action in ACTIONS
    }


def _dead_letters(found: Evidence) -> Counter[str]:
    """How many for which reason."""
    letters = {
        letter.message_id: letter for letter in (*found.notes.dead_letters, *found.settled.dead_letters)
    }
    return Counter(
        f"{one.consumer}: {str(why_dead(found, one)).partition(':')[0]}" for one in letters.values()
    )


def _at_steps(found: Evidence) -> dict[str, dict[str, int]]:
    """By step: how often a function was killed there, and so on."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for one in found.fired:
        table[one["step"]][one["action"]] += 1
    return {step: dict(actions) for step, actions in sorted(table.items())}


def _arrived(found: Evidence) -> int:
    """Mails whose sender never learnt that they were sent, and that were."""
    sent = {mail["headers"].get(mails.REFERENCE) for mail in found.mailbox}
    return sum(
        str(row.id) in sent
        for row in found.rows("SELECT id FROM notifications.mails WHERE status = 'unknown'")
    )


def told(counted: dict[str, Any]) -> str:
    """The figures for the terminal: what was done, and what was wrong."""
    lines = [
        f"{counted['events']} events, {counted['buyers']} buyers, {counted['requests']} requests"
        f" ({counted['requests_repeated']} of them repeats) in {counted['traffic_seconds']} s;"
        f" settled in {counted['settling_seconds']} s",
        *(f"  {kind:<42} {times:>5}" for kind, times in counted["troubles"].items()),
        *(
            f"  {action} at {counted['named_steps'] - len(left)} of {counted['named_steps']} named steps"
            for action, left in counted["named_steps_not_met"].items()
        ),
        f"  orders {json.dumps(counted['orders'])}, reviews {json.dumps(counted['reviews'])}",
        f"  refunds {json.dumps(counted['refunds'])}",
        f"  mails {json.dumps(counted['mails'])}",
        f"  dead letters {sum(counted['dead_letters'].values())}, buyers who gave up {len(counted['buyers_who_gave_up'])}",
    ]
    if counted["events"] < counted["events_wanted"]:
        lines.append(f"  NOTE: time was over before {counted['events_wanted']} events")
    lines += [f"  slow to settle, {each}" for each in counted["settling_waited_for"]]
    for check, wrong in counted["violations"].items():
        lines.append(f"VIOLATED: {check} ({len(wrong)})")
        lines += [f"    {each}" for each in wrong[:_SHOWN]]
    if not counted["violations"]:
        lies = counted["falsifications"]
        lines.append(
            f"all {counted['checks']} invariants hold; {len(lies['seen'])} falsifications of these books were all seen"
        )
    return "\n".join(lines)
