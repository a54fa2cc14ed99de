"""Languages: what a browser says that its user reads."""

import re

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}\Z")
_LONGEST_TAG = 20


def preferred_language(languages: str) -> str | None:
    """The language tag that an Accept-Language header (RFC 9110 §12.5.4) wants most, if it names a harmless one."""
    wanted: list[tuple[float, str]] = []
    for part in languages[:1000].split(","):
        tag, _, weight = part.partition(";")
        if _LANGUAGE_TAG.match(tag.strip()) and len(tag.strip()) <= _LONGEST_TAG:
            wanted.append((_weight(weight), tag.strip()))
    # max keeps the first of equals: browsers list their user's languages in order.
    best = max(wanted, key=lambda each: each[0], default=(0.0, ""))
    return best[1] if best[0] > 0 else None


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0
