"""Named steps: where a fault test may kill, delay or repeat a function. Nothing is hooked in the cloud."""

from collections.abc import Callable

# Every place a function can die between two effects; fault tests enumerate this list.
STEPS = (
    "before_story",
    "before_commit",
    "after_commit",
    "before_reach",
    "after_reach",
    "before_settle",
    "before_publish",
    "after_publish",
    "before_delete",
)

_hook: Callable[[str, str], None] | None = None


def install(hook: Callable[[str, str], None] | None) -> None:
    """Call `hook(step, function)` at every step; None takes it away."""
    global _hook
    _hook = hook


def step(name: str, function: str) -> None:
    """The function stands at the step `name`."""
    if _hook is not None:
        _hook(name, function)
