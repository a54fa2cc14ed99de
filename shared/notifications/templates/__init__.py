"""The mail templates: per template one folder with its variables and, per version and language, `vN.xx.html/.txt/.subject.txt`."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.notifications.variables import MailVariables

_FOLDER = Path(__file__).parent


def model_of(template: str, version: int) -> "type[MailVariables]":
    """What a waiting row's variables are read with: `OrderConfirmationV1` for `order_confirmation`, version 1; versions stay
    until no row waits for them. Only the one is imported. Raises KeyError when there is none."""
    found = _models_of(template).get(version) if template.isidentifier() else None
    if found is None:
        raise KeyError(f"{template} v{version}")
    return found


def all_models() -> "list[type[MailVariables]]":
    """Every version of every template."""
    names = sorted(file.parent.name for file in _FOLDER.glob("*/variables.py"))
    return [model for name in names for _, model in sorted(_models_of(name).items())]


def _models_of(template: str) -> "dict[int, type[MailVariables]]":
    from shared.notifications.variables import MailVariables

    try:
        module = import_module(f"{__name__}.{template}.variables")
    except ModuleNotFoundError:
        return {}
    own = [
        each
        for each in vars(module).values()
        if isinstance(each, type) and each.__module__ == module.__name__
    ]
    return {each.version: each for each in own if issubclass(each, MailVariables)}
