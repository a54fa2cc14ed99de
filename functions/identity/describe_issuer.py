"""GET /.well-known/openid-configuration — where the gateway's authoriser finds issuer and keys."""

from shared.identity.access_tokens import ALGORITHM
from shared.identity.issuer import JWKS_PATH, issuer
from shared.platform.doors import Public, endpoint
from shared.platform.models import Response


class IssuerMetadata(Response):
    """What a verifier of our tokens needs of OpenID Connect Discovery 1.0; nobody can sign in elsewhere through us."""

    issuer: str
    jwks_uri: str
    response_types_supported: list[str]
    subject_types_supported: list[str]
    id_token_signing_alg_values_supported: list[str]


def describe_issuer() -> IssuerMetadata:
    return IssuerMetadata(
        issuer=issuer(),
        jwks_uri=f"{issuer()}{JWKS_PATH}",
        response_types_supported=["none"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=[ALGORITHM],
    )


handler = endpoint(
    "GET", "/.well-known/openid-configuration", describe_issuer, cache=Public(max_age=3600, stale=86400)
)
