"""Second factors: time-based codes (TOTP, RFC 6238) and recovery codes, as rules. Values and `now` in, verdicts out."""

import hashlib
import hmac
import secrets
from datetime import datetime

from shared.kernel.refusals import Forbidden, Refusal, Unauthenticated
from shared.platform.brands import Brand

# RFC 6238 §4.1 and §5.2: steps of 30 s; one step before and after is accepted, for clocks that are slow or fast.
STEP_SECONDS = 30
STEPS_AROUND = 1
RECOVERY_CODES = 10
# 80 bits each: a plain hash of one cannot be searched for.
_RECOVERY_BYTES = 10
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_GROUP = 4
# Crockford's base 32: what people read wrong is read right.
_MISREAD = str.maketrans("oil", "011")
_SETTING = "staff_mfa_required"


class SecondFactorRequired(Forbidden):
    """This brand asks its staff for a second factor: enrol one, or sign in with it."""


class MfaCodeInvalid(Unauthenticated):
    """This code is wrong, was used, or has expired."""


class MfaTokenInvalid(Unauthenticated):
    """Sign in again: the time for the second factor is over."""


class MfaAlreadyEnabled(Refusal):
    """A second factor is on already; disable it first."""


class MfaNotStarted(Refusal):
    """There is no second factor to confirm; enrol one first."""


class MfaNotEnabled(Refusal):
    """There is no second factor to disable."""


class MfaRequiredByBrand(Refusal):
    """This brand asks its staff for a second factor, so it stays on."""


def required_of_staff(brand: Brand) -> bool:
    """Whether the brand lets its staff work only with a second factor (`settings["staff_mfa_required"]`)."""
    return brand.settings.get(_SETTING) is True


def step_of(secret: str, code: str, now: datetime, after: int | None) -> int | None:
    """The time step that `code` belongs to, if it is one of now's and later than `after`, the one used last: a code opens once."""
    import pyotp

    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    current = int(now.timestamp()) // STEP_SECONDS
    found = None
    # Every step is compared, so that how long it takes tells nothing.
    for step in range(current - STEPS_AROUND, current + STEPS_AROUND + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode("utf-8", "replace")):
            found = step
    return found if found is not None and (after is None or found > after) else None


def new_secret() -> str:
    """160 random bits in base 32, as authenticator apps take them."""
    import pyotp

    return pyotp.random_base32()


def provisioning_uri(secret: str, email: str, issuer: str) -> str:
    """The `otpauth://` address that apps read from a QR code."""
    import pyotp

    # A colon would end the issuer's name within the label.
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(
        name=email, issuer_name=issuer.replace(":", " ")
    )


def new_recovery_codes() -> list[str]:
    """Codes for the day the telephone is lost: `4f9k-…`, 16 letters and digits each."""
    return [_spelt(secrets.randbits(_RECOVERY_BYTES * 8)) for _ in range(RECOVERY_CODES)]


def recovery_hash(code: str) -> bytes:
    """What is stored of a recovery code; dashes, blanks and case do not count."""
    told = "".join(code.lower().split()).replace("-", "").translate(_MISREAD)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).digest()


def _spelt(number: int) -> str:
    letters = "".join(_ALPHABET[number >> 5 * place & 31] for place in range(_RECOVERY_BYTES * 8 // 5))
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))
