"""`python -m functions` prints the map of all functions and writes what is generated from them; `--check` only compares."""

import sys
from collections.abc import Iterable

from functions._generate.discovery import Function, all_functions
from functions._generate.files import generated, stale, write


def show(functions: Iterable[Function]) -> None:
    """The map: every function by context, what invokes it, and what for."""
    context = ""
    for function in functions:
        if function.context != context:
            context = function.context
            print(f"\n{context}")
        print(f"  {function.name:32} {function.trigger:55} {function.summary}")


def main(arguments: list[str]) -> int:
    """Answers the exit status: 1 when `--check` finds something stale."""
    functions = all_functions()
    files = generated(functions)
    if arguments == ["--check"]:
        wrong = stale(files)
        print("\n".join(f"stale: {path}" for path in wrong) or "generated files are fresh")
        if wrong:
            print("run: python -m functions")
        return bool(wrong)
    if arguments:
        print("usage: python -m functions [--check]", file=sys.stderr)
        return 2
    show(functions)
    changed = write(files)
    print(f"\n{len(functions)} functions, {len(files)} generated files")
    print("\n".join(f"written: {path}" for path in changed) or "nothing to write")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
