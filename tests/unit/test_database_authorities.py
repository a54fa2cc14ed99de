"""Who vouches for a database's server: a file for each region, with Amazon's own alone, and one for everybody else."""

import ssl
from pathlib import Path

import certifi
import pytest

from layers.dependencies.authorities import of_regions, write


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("authorities")
    write(Path(certifi.where()), made)
    return made


def names(file: Path) -> list[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(file)
    authorities = context.get_ca_certs()
    return sorted(dict(part[0] for part in each["subject"]).get("commonName", "") for each in authorities)  # type: ignore[misc]


@pytest.mark.parametrize("region", sorted(of_regions()))
def test_a_region_trusts_its_own_and_the_proxies_authorities_and_nobody_else(
    folder: Path, region: str
) -> None:
    known = names(folder / f"{region}.pem")
    own = [name for name in known if name.startswith(f"Amazon RDS {region} Root CA")]
    assert len(own) == 3
    assert set(known) - set(own) == {
        *(f"Amazon Root CA {number}" for number in range(1, 5)),
        "Starfield Services Root Certificate Authority - G2",
    }


def test_elsewhere_the_public_webs_authorities_vouch(folder: Path) -> None:
    assert (folder / "public.pem").read_text() == Path(certifi.where()).read_text()


def test_a_file_without_amazons_roots_is_refused(tmp_path: Path) -> None:
    (tmp_path / "few.pem").write_text("# nobody\n")
    with pytest.raises(ValueError, match="no root certificate of Amazon"):
        write(tmp_path / "few.pem", tmp_path)
