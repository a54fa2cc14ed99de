"""Promotion codes: their normal form, and ones that nobody guesses. A code is the same however it is cased or spaced."""

import re
import secrets

MAX_LENGTH = 40
# What is no code is not looked for.
_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{1,39}", re.ASCII)
# Without what is taken for something else when read aloud or copied by hand: 0 O Q, 1 I L, 2 Z, 5 S, 8 B, U V.
ALPHABET = "34679ACDEFGHJKMNPRTWXY"
# 22 to the 12th is 2 to the 53rd: whoever tries 100,000 a minute, all of the rate limit of a thousand addresses, finds the first of
# 10,000 codes after some 20 years.
RANDOM_LENGTH = 12


def normal(typed: str) -> str | None:
    """The code that somebody has typed, None when it is none."""
    code = "".join(typed.split()).upper()
    return code if _CODE.fullmatch(code) else None


def random_code(prefix: str = "") -> str:
    """A code that cannot be guessed, in its normal form; `prefix` is one, or empty."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return f"{prefix}-{drawn}" if prefix else drawn
