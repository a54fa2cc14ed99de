"""After the master key was changed: what an older one has sealed is sealed again, so that the older one can be dropped."""

from collections.abc import Callable
from typing import Any, LiteralString, NamedTuple

from shared.identity import certificate_keys, factors, google, kyc, signing_keys
from shared.notifications import sealing
from shared.platform import brand_secrets, encryption
from shared.platform.database import Role
from shared.platform.work import begin

BATCH = 200


class _Sealed(NamedTuple):
    """A column of sealed texts: those that another key has sealed, the new text of one, and the place it is bound to."""

    find: LiteralString
    write: LiteralString
    place: Callable[[Any], str]


_COLUMNS = (
    _Sealed(
        """SELECT brand_id, user_id, sealed_secret AS sealed FROM identity.mfa_factors
            WHERE NOT starts_with(sealed_secret, %(head)s) LIMIT %(batch)s FOR UPDATE SKIP LOCKED""",
        """UPDATE identity.mfa_factors SET sealed_secret = %(sealed)s
            WHERE brand_id = %(brand_id)s AND user_id = %(user_id)s""",
        lambda row: factors.place(row.user_id),
    ),
    _Sealed(
        """SELECT kid, sealed_private_key AS sealed FROM identity.signing_keys
            WHERE NOT starts_with(sealed_private_key, %(head)s) LIMIT %(batch)s FOR UPDATE SKIP LOCKED""",
        "UPDATE identity.signing_keys SET sealed_private_key = %(sealed)s WHERE kid = %(kid)s",
        lambda row: signing_keys.place(row.kid),
    ),
    _Sealed(
        """SELECT kid, sealed_private_key AS sealed FROM identity.certificate_keys
            WHERE NOT starts_with(sealed_private_key, %(head)s) LIMIT %(batch)s FOR UPDATE SKIP LOCKED""",
        "UPDATE identity.certificate_keys SET sealed_private_key = %(sealed)s WHERE kid = %(kid)s",
        lambda row: certificate_keys.place(row.kid),
    ),
    _Sealed(
        """SELECT brand_id, id, sealed_outcome AS sealed FROM identity.kyc_checks
            WHERE NOT starts_with(sealed_outcome, %(head)s) LIMIT %(batch)s FOR UPDATE SKIP LOCKED""",
        "UPDATE identity.kyc_checks SET sealed_outcome = %(sealed)s WHERE brand_id = %(brand_id)s AND id = %(id)s",
        lambda row: kyc.place(row.id),
    ),
    _Sealed(
        """SELECT id, settings #>> '{google,sealed_client_secret}' AS sealed FROM platform.brands
            WHERE NOT starts_with(settings #>> '{google,sealed_client_secret}', %(head)s) LIMIT %(batch)s
              FOR UPDATE SKIP LOCKED""",
        """UPDATE platform.brands SET settings = jsonb_set(settings, '{google,sealed_client_secret}', to_jsonb(%(sealed)s::text))
            WHERE id = %(id)s""",
        lambda row: google.place(row.id),
    ),
    _Sealed(
        """SELECT id, settings #>> '{sendcloud,sealed_secret_key}' AS sealed FROM platform.brands
            WHERE NOT starts_with(settings #>> '{sendcloud,sealed_secret_key}', %(head)s) LIMIT %(batch)s
              FOR UPDATE SKIP LOCKED""",
        """UPDATE platform.brands SET settings = jsonb_set(settings, '{sendcloud,sealed_secret_key}', to_jsonb(%(sealed)s::text))
            WHERE id = %(id)s""",
        lambda row: brand_secrets.place("sendcloud", row.id),
    ),
    _Sealed(sealing.FIND_WAITING, sealing.WRITE_WAITING, lambda row: sealing.place(row.id)),
)


def reseal_batch() -> tuple[int, int]:
    """Seal up to BATCH texts of each kind again; answers how many, and no failures. Raises encryption.Unsealable."""
    done = 0
    with begin(None, "reseal_secrets", Role.JOBS) as work:
        for column in _COLUMNS:
            for row in work.all(column.find, head=encryption.current_head(), batch=BATCH):
                place = column.place(row)
                sealed = encryption.seal(encryption.unseal(row.sealed, place), place)
                done += work.run(column.write, **row._asdict() | {"sealed": sealed})
    return done, 0
