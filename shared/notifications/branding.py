"""The brand as its mails show it, from its row and its own choices."""

from pydantic import ValidationError

from shared.notifications.variables import MailBrand
from shared.platform.brands import Brand
from shared.platform.logs import log


def mail_brand(brand: Brand) -> MailBrand:
    """`brand` with its `settings["mail"]` (`accent`, `contact`, `postal_line`).

    A choice that mails cannot show is left out and logged: a slip in a setting must not hold back a shop's mails.
    """
    chosen = brand.settings.get("mail")
    given = {
        "name": brand.name,
        "timezone": brand.timezone,
        "locale": brand.locale,
        **({"store_url": brand.store_url} if brand.store_url else {}),
        **({name: chosen[name] for name in _CHOICES if chosen.get(name)} if isinstance(chosen, dict) else {}),
    }
    try:
        return MailBrand.model_validate(given)
    except ValidationError as error:
        wrong = {str(detail["loc"][0]) for detail in error.errors()}
        log.warning("mail settings of the brand left out", extra={"settings": sorted(wrong)})
        return MailBrand.model_validate({name: value for name, value in given.items() if name not in wrong})


_CHOICES = ("accent", "contact", "postal_line")
