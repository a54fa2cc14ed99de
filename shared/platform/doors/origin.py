"""Which function a handler is: the file that builds it, and that file's context."""

import os
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """`name` is the file's name, `context` its folder's, `summary` what the first docstring line says after the dash."""

    name: str
    context: str
    summary: str

    @property
    def function(self) -> str:
        """`context/name`: what logs, inbox rows and fault tests call the function."""
        return f"{self.context}/{self.name}"


def origin() -> Origin:
    """The origin of the door's caller."""
    module = sys.modules[sys._getframe(2).f_globals["__name__"]]
    # In the cloud the package is the context's folder, unpacked as the task root, so that only its template knows the name.
    context = os.environ.get("CONTEXT") or (module.__file__ or "/").replace("\\", "/").split("/")[-2]
    summary = (module.__doc__ or "").strip().partition("\n")[0].partition("— ")[2]
    return Origin(module.__name__.rpartition(".")[2], context, summary)
