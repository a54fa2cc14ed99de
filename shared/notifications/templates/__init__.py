"""The mail templates: per template one folder with its variables and, per version and language, `vN.xx.html/.txt/.subject.txt`."""

from shared.notifications.templates.order_confirmation.variables import OrderConfirmationV1
from shared.notifications.variables import MailVariables

_ALL: tuple[type[MailVariables], ...] = (OrderConfirmationV1,)

# What the sender reads a waiting row's variables with; versions stay until no row waits for them.
MODELS: dict[tuple[str, int], type[MailVariables]] = {
    (model.template, model.version): model for model in _ALL
}
