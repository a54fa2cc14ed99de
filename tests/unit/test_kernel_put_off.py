"""What is put off at a cold start is there for everybody but psycopg."""

import subprocess
import sys

_LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "test-cart-create-cart"}


def told_by(code: str) -> str:
    """What a fresh Lambda prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], env=_LAMBDA, capture_output=True, text=True, check=True, cwd="."
    )
    return done.stdout.strip()


def test_psycopg_comes_without_asyncio_and_metadata() -> None:
    code = "import shared, psycopg, sys; print({type(sys.modules[m]).__name__ for m in ('asyncio', 'importlib.metadata')})"
    assert told_by(code) == "{'_PutOff'}"


def test_what_psycopg_and_a_logger_do_not_need_is_not_there() -> None:
    code = """
import shared, psycopg, sys
from aws_lambda_powertools.logging import Logger
unwanted = {"ssl", "_ssl", "ctypes", "ctypes.util", "subprocess", "tempfile", "jmespath", "botocore", "aws_lambda_powertools.metrics"}
print({m for m in unwanted if type(sys.modules.get(m)).__name__ == "module"})
"""
    assert told_by(code) == "set()"


def test_psycopg_s_errors_are_what_they_are_elsewhere() -> None:
    assert told_by("import shared, psycopg; print(psycopg.errors.UniqueViolation.sqlstate)") == "23505"


def test_whoever_else_wants_them_has_the_real_ones() -> None:
    code = """
import shared, psycopg, asyncio, importlib.metadata
from asyncio import CancelledError, events
from importlib.metadata import version
async def answer(): return await asyncio.sleep(0, 42)
print(asyncio.run(answer()), CancelledError.__module__, version("pydantic") == importlib.metadata.version("pydantic"))
"""
    assert told_by(code) == "42 asyncio.exceptions True"


def test_other_libraries_find_what_they_look_for() -> None:
    code = """
import shared, psycopg, ssl, ctypes.util, http.client
from ctypes import c_int
from aws_lambda_powertools import Metrics
from aws_lambda_powertools.utilities.batch import BatchProcessor
from aws_lambda_powertools.utilities import jmespath_utils
print(ssl.create_default_context().verify_mode == ssl.CERT_REQUIRED, ctypes.util.find_library("c") is not None, c_int(42).value,
      http.client.HTTPSConnection.__name__, hasattr(ssl, "nothing"), Metrics.__name__, BatchProcessor.__name__,
      jmespath_utils.query({"a": 42}, "a"))
"""
    assert told_by(code) == "True True 42 HTTPSConnection False Metrics BatchProcessor 42"


def test_elsewhere_nothing_is_put_off() -> None:
    code = "import shared, psycopg, sys; print(type(sys.modules['asyncio']).__name__)"
    done = subprocess.run([sys.executable, "-c", code], env={}, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "module"
