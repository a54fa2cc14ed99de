"""VAT numbers of businesses: form and check digits. Whether a number is in force only VIES knows, and is asked elsewhere."""

# Greece signs its numbers EL, not GR.
_COUNTRY_OF_PREFIX = {"EL": "GR"}


def country_of(number: str | None) -> str | None:
    """The ISO country of a well-formed VAT number of the Union (`"BE 0417.497.106"` → `"BE"`), None for any other text."""
    if not number:
        return None
    # Imported here: it costs 40 ms, which a consumer's checkout need not pay.
    from stdnum.eu import vat

    compact = number.upper().replace(" ", "").replace(".", "").replace("-", "")
    if compact[:2] == "GR":
        compact = "EL" + compact[2:]
    if not vat.is_valid(compact):
        return None
    prefix = str(vat.compact(compact))[:2].upper()
    return _COUNTRY_OF_PREFIX.get(prefix, prefix)
