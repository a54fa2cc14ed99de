"""GET /.well-known/openid-configuration — where the gateway's authoriser finds issuer and keys."""

from typing import Literal

from shared.identity.access_tokens import ALGORITHM
from shared.identity.certificate_keys import published
from shared.identity.issuer import JWKS_PATH, issuer
from shared.platform.doors import Public, endpoint
from shared.platform.models import Response
from shared.platform.work import Work


class CertificateKey(Response):
    """An Ed25519 public key (RFC 8037); `kid` is its RFC 7638 thumbprint."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    kid: str
    use: Literal["sig"]
    alg: Literal["EdDSA"]
    x: str


class IssuerMetadata(Response):
    """What a verifier of our tokens needs of OpenID Connect Discovery 1.0; nobody can sign in elsewhere through us.

    Certificates of erasure are signed by keys of their own, which are good for years.
    """

    issuer: str
    jwks_uri: str
    response_types_supported: list[str]
    subject_types_supported: list[str]
    id_token_signing_alg_values_supported: list[str]
    erasure_certificate_keys: list[CertificateKey]


def describe_issuer(work: Work) -> IssuerMetadata:
    return IssuerMetadata(
        issuer=issuer(),
        jwks_uri=f"{issuer()}{JWKS_PATH}",
        response_types_supported=["none"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=[ALGORITHM],
        erasure_certificate_keys=[CertificateKey.model_validate(key) for key in published(work)],
    )


handler = endpoint(
    "GET", "/.well-known/openid-configuration", describe_issuer, cache=Public(max_age=3600, stale=86400)
)
