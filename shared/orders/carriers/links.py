"""Where a parcel can be followed, by the carrier's own page. Pure."""

import re
import unicodedata
from urllib.parse import quote

# The carriers' public pages, as they link to them themselves; {number} is put in.
_PAGES = {
    "colissimo": "https://www.laposte.fr/outils/suivre-vos-envois?code={number}",
    "laposte": "https://www.laposte.fr/outils/suivre-vos-envois?code={number}",
    "chronopost": "https://www.chronopost.fr/tracking-no-cms/suivi-page?listeNumerosLT={number}",
    "mondialrelay": "https://www.mondialrelay.fr/suivi-de-colis/?numeroExpedition={number}",
    "bpost": "https://track.bpost.cloud/btr/web/#/search?itemCode={number}",
    "postluxembourg": "https://www.post.lu/particuliers/colis-courrier/track-and-trace#/search?itemId={number}",
    "swisspost": "https://service.post.ch/ekp-web/ui/entry/search/{number}",
    "postch": "https://service.post.ch/ekp-web/ui/entry/search/{number}",
    "dhl": "https://www.dhl.com/global-en/home/tracking.html?tracking-id={number}",
    "ups": "https://www.ups.com/track?tracknum={number}",
}
_OTHERWISE = re.compile(r"[^a-z]")


def tracking_link(carrier: str | None, number: str | None) -> str | None:
    """The page on which the parcel can be followed; None for a carrier whose page is not known here."""
    if not carrier or not number:
        return None
    page = _PAGES.get(_OTHERWISE.sub("", unicodedata.normalize("NFKD", carrier).casefold()))
    return page.format(number=quote(number, safe="")) if page else None
