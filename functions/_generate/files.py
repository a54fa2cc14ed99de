"""Every generated file with its bytes; writing them, and saying which are stale."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from functions._generate import gateway, openapi, schemas, templates
from functions._generate.discovery import ROOT, Function, Kind
from functions._generate.samples import sample

# Wholly generated folders: a file there that nobody writes any more is stale.
_OWNED = ("events",)


def generated(functions: Iterable[Function]) -> dict[Path, bytes]:
    """What each generated file must hold, by its path below the project."""
    functions = list(functions)
    document = openapi.document(functions)
    files: dict[Path, bytes] = {
        Path("events/openapi.json"): _pretty(document),
        # The function that serves it has only its own package.
        Path("functions/platform/openapi.json"): _compact(document),
        Path("shared/platform/jobs.json"): _pretty(_jobs(functions)),
    }
    for name, body in gateway.bodies(functions).items():
        files[Path(f"events/gateway/{name}.json")] = _pretty(body)
    for name, routes in gateway.throttles(functions).items():
        files[Path(f"events/gateway/{name}-throttles.json")] = _pretty(routes)
    for event in schemas.all_events():
        files[Path(f"events/schemas/{event.type}.v{event.version}.json")] = _pretty(schemas.schema_of(event))
    for function in functions:
        files[Path(f"events/{function.context}/{function.name}.json")] = _pretty(sample(function))
    for context in dict.fromkeys(function.context for function in functions):
        own = [function for function in functions if function.context == context]
        files[Path(f"functions/{context}/template.yaml")] = templates.template(context, own).encode()
    return files


def _jobs(functions: Iterable[Function]) -> dict[str, Any]:
    """Each job's function and period, by the job's name."""
    jobs = [function for function in functions if function.kind is Kind.JOB]
    return {
        function.handler.spec.job: {"function": function.dashed, "every": function.every}
        for function in sorted(jobs, key=lambda each: str(each.handler.spec.job))
    }


def stale(files: dict[Path, bytes]) -> list[str]:
    """What on disk differs from `files`, by path: missing, different, or nobody's."""
    wrong = [str(path) for path, content in files.items() if _read(ROOT / path) != content]
    return sorted(wrong + [str(path) for path in _orphans(files)])


def write(files: dict[Path, bytes]) -> list[str]:
    """Make the disk agree with `files`; answers what was changed."""
    changed = stale(files)
    for path in _orphans(files):
        (ROOT / path).unlink()
    for path, content in files.items():
        if _read(ROOT / path) != content:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_bytes(content)
    return changed


def _orphans(files: dict[Path, bytes]) -> list[Path]:
    found = [file.relative_to(ROOT) for folder in _OWNED for file in (ROOT / folder).rglob("*.json")]
    return [path for path in found if path not in files]


def _read(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None


def _pretty(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
