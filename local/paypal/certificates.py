"""A chain of certificates of one's own: an authority, one below it, and the one that signs notifications in PayPal's name."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAME = "messageverificationcerts.paypal.com"
# Whatever time the one clock shows.
_FROM, _UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)
_BITS = 2048


@dataclass(frozen=True)
class Signer:
    """Signs notifications; `chain` is the PEM of its certificate and the one above it, `authority` that of the root."""

    key: rsa.RSAPrivateKey
    chain: bytes
    authority: bytes

    @property
    def certificate_id(self) -> str:
        """The name under which the chain is found."""
        leaf = x509.load_pem_x509_certificates(self.chain)[0]
        return f"CERT-{leaf.serial_number:040x}"

    def sign(self, message: bytes) -> bytes:
        """RSA with SHA-256."""
        return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def signer(folder: Path) -> Signer:
    """The one whose key and certificates lie in `folder`, made at the first call."""
    files = [folder / name for name in ("key.pem", "chain.pem", "authority.pem")]
    if not all(file.exists() for file in files):
        folder.mkdir(parents=True, exist_ok=True)
        for file, made in zip(files, _made(), strict=True):
            file.write_bytes(made)
    key = serialization.load_pem_private_key(files[0].read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return Signer(key, files[1].read_bytes(), files[2].read_bytes())


def _made() -> tuple[bytes, bytes, bytes]:
    root_key, middle_key, leaf_key = (rsa.generate_private_key(65537, _BITS) for _ in range(3))
    root_name, middle_name = _name("Local Root CA"), _name("Local Server CA")
    root = _certificate(root_name, root_key, root_name, root_key, authority=True)
    middle = _certificate(middle_name, middle_key, root_name, root_key, authority=True)
    leaf = _certificate(_name(NAME), leaf_key, middle_name, middle_key, authority=False)
    pem = serialization.Encoding.PEM
    plain = leaf_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return plain, leaf.public_bytes(pem) + middle.public_bytes(pem), root.public_bytes(pem)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(
    subject: x509.Name, key: rsa.RSAPrivateKey, issuer: x509.Name, by: rsa.RSAPrivateKey, *, authority: bool
) -> x509.Certificate:
    usage = dict.fromkeys(
        ("content_commitment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not authority,
                key_encipherment=not authority,
                key_cert_sign=authority,
                crl_sign=authority,
                **usage,
            ),
            critical=True,
        )
    )
    if not authority:
        built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return built.sign(by, hashes.SHA256())
