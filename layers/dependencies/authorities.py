"""Who may vouch for a database's server: `python authorities.py CERTIFI_PEM FOLDER` writes `<region>.pem`, Amazon's own of that region
(RDS, Aurora) and those behind its proxies, and `public.pem`, those of the public web.

Reading a certificate costs 0.2 ms at every cold start, so that each file has only what is needed.
"""

import re
import sys
from pathlib import Path

RDS = Path(__file__).with_name("rds-authorities.pem")
# RDS Proxy has certificates of AWS Certificate Manager: https://www.amazontrust.com/repository/
_OF_PROXIES = re.compile(
    r'# Label: "(?:Amazon Root CA \d|Starfield Services Root Certificate Authority - G2)"'
)
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n", re.DOTALL)
_NAME = re.compile(r"# Amazon RDS (\S+) Root CA .+\n")


def of_regions() -> dict[str, list[str]]:
    """RDS's root certificates by region: each stands in the file below a line with its name."""
    found: dict[str, list[str]] = {}
    text = RDS.read_text()
    for name in _NAME.finditer(text):
        certificate = _CERTIFICATE.match(text, name.end())
        if certificate is None:
            raise ValueError(f"no certificate below {name.group().strip()}")
        found.setdefault(name.group(1), []).append(certificate.group())
    return found


def of_proxies(public: str) -> list[str]:
    """The root certificates of AWS Certificate Manager among those of the public web, as certifi writes them."""
    found = [_CERTIFICATE.search(public, label.end()) for label in _OF_PROXIES.finditer(public)]
    return [each.group() for each in found if each]


def write(certifi: Path, folder: Path) -> None:
    """One file a region, and `public.pem`. Raises ValueError when Amazon's own are missing."""
    public = certifi.read_text()
    proxies = of_proxies(public)
    if not proxies:
        raise ValueError(f"{certifi} holds no root certificate of Amazon's")
    folder.mkdir(parents=True, exist_ok=True)
    for region, certificates in of_regions().items():
        (folder / f"{region}.pem").write_text("".join([*certificates, *proxies]))
    (folder / "public.pem").write_text(public)


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
