"""Who may import what, beyond the layers that import-linter keeps."""

import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
# Slow to import or bound to one provider: who may, and nobody else.
RESERVED = {
    "sqlalchemy": {"shared.*.tables", "shared.*.registry", "shared.migrations", "shared.platform.work"},
    "alembic": {"shared.migrations"},
    "stripe": {"shared.billing.stripe", "shared.billing.stripe_transport"},
}
OWN = ("store", "tables")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Who imports whom, lazily or not."""
    return grimp.build_graph("shared", include_external_packages=True, cache_dir=None)


@pytest.fixture(scope="module")
def functions() -> dict[str, set[str]]:
    """The modules that each Lambda's file imports: files, since functions are not one package in the cloud."""
    graph = grimp.build_graph("functions", "shared", cache_dir=None)
    return {
        module: graph.find_modules_directly_imported_by(module)
        for module in graph.modules
        if module.startswith("functions.") and module.count(".") == 2 and not module.startswith("functions._")
    }


def test_the_kernel_needs_nothing_but_python(graph: grimp.ImportGraph) -> None:
    imported = {
        found.partition(".")[0]
        for module in graph.find_descendants("shared.kernel") | {"shared.kernel"}
        for found in graph.find_modules_directly_imported_by(module)
        if not found.startswith("shared.kernel")
    }
    assert imported - sys.stdlib_module_names == set()


@pytest.mark.parametrize("package", RESERVED)
def test_a_reserved_package_is_imported_only_where_it_belongs(graph: grimp.ImportGraph, package: str) -> None:
    importers = graph.find_modules_that_directly_import(package) if package in graph.modules else set()
    strangers = {
        module for module in importers if not any(_is_in(module, place) for place in RESERVED[package])
    }
    assert strangers == set()


def test_nobody_but_its_own_context_touches_a_store(
    graph: grimp.ImportGraph, functions: dict[str, set[str]]
) -> None:
    imports = {
        module: graph.find_modules_directly_imported_by(module) for module in graph.modules
    } | functions
    strangers = {
        (module, imported)
        for module, found in imports.items()
        for imported in found
        if imported.rpartition(".")[2] in OWN and imported.split(".")[1] != module.split(".")[1]
    }
    assert strangers == set()


def test_a_function_imports_nothing_but_shared(functions: dict[str, set[str]]) -> None:
    siblings = {
        (module, imported)
        for module, found in functions.items()
        for imported in found
        if imported.startswith("functions")
    }
    assert siblings == set()


def test_the_product_never_imports_the_local_run_or_the_tests(graph: grimp.ImportGraph) -> None:
    assert {"local", "tests"} & {module.partition(".")[0] for module in graph.modules} == set()


def _is_in(module: str, place: str) -> bool:
    wanted, steps = place.split("."), module.split(".")
    return len(steps) >= len(wanted) and all(w in ("*", s) for w, s in zip(wanted, steps, strict=False))
