"""`python -m local.demo.artwork`: draws the pictures of the demo brand's products anew into `images/`."""

from pathlib import Path

from local.demo.catalogue import image_names
from local.demo.drawings import DRAWINGS

IMAGES = Path(__file__).with_name("images")


def main() -> None:
    """Draw every picture."""
    IMAGES.mkdir(exist_ok=True)
    for slug, drawing in DRAWINGS.items():
        picture = drawing()
        for side, name in image_names(slug).items():
            (IMAGES / name).write_bytes(picture.webp(side))


if __name__ == "__main__":
    main()
