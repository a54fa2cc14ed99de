"""The pictures of the demo brand's products, by slug: our own work, drawn by these programs."""

from collections.abc import Callable

from local.demo.canvas import Canvas
from local.demo.drawings import home, pantry, paper

DRAWINGS: dict[str, Callable[[], Canvas]] = {
    "cafe-sablon": pantry.coffee,
    "chocolat-noir-grand-place": pantry.chocolate,
    "speculoos-rue-haute": pantry.speculoos,
    "miel-des-ardennes": pantry.honey,
    "bol-en-gres-dyle": home.bowl,
    "tasse-en-porcelaine-ixelles": home.cup,
    "plaid-en-laine-fagnes": home.blanket,
    "torchon-en-lin-lys": home.towel,
    "carnet-ligne-plantin": paper.notebook,
    "affiche-tram-92": paper.poster,
    "livre-villes-de-papier": paper.book,
    "encre-bleue-meuse": paper.ink,
}
