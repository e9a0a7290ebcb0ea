"""Rules of the house that a machine can check."""

import ast
import pickle
import re
import tomllib
from pathlib import Path

import pytest

from schemas import errors

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("schemas", "indexer", "pipelines", "api", "cli")
MODULES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "versions" not in path.parts
)
MAX_LINES = 350
ONE_PAGE = {"schemas/wire.py": 500}
"""The whole contract with clients stands on one page, so that it can be read as one."""


def _leaves(root: type[errors.CordeeError]) -> list[type[errors.CordeeError]]:
    return [root, *(leaf for child in root.__subclasses__() for leaf in _leaves(child))]


ERRORS = [e for e in _leaves(errors.CordeeError) if e.__module__ == errors.__name__]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_holds_one_noun(path: Path) -> None:
    limit = ONE_PAGE.get(path.relative_to(ROOT).as_posix(), MAX_LINES)

    assert len(path.read_text(encoding="utf-8").splitlines()) <= limit


@pytest.mark.parametrize(
    "path", [p for p in MODULES if p.name == "__init__.py"], ids=lambda p: p.parent.name
)
def test_a_package_says_what_it_does_and_runs_nothing(path: Path) -> None:
    body = ast.parse(path.read_text(encoding="utf-8")).body

    assert [type(node) for node in body] == [ast.Expr]


def test_every_dependency_carries_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    runtime = [*project["dependencies"], *project["optional-dependencies"]["ingest"]]
    lines = text.splitlines()

    bare = [
        d for d in runtime if not any(re.search(rf'"{re.escape(d)}",\s*# \w', x) for x in lines)
    ]

    assert bare == []


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = project["optional-dependencies"].values()

    assert [d for g in [project["dependencies"], *groups] for d in g if "==" not in d] == []


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_an_error_survives_pickling(error: type[errors.CordeeError]) -> None:
    raised = error("Page 3 cannot be read.")

    copy = pickle.loads(pickle.dumps(raised))  # noqa: S301 - our own bytes

    assert (type(copy), str(copy)) == (error, "Page 3 cannot be read.")


def test_error_codes_are_unique() -> None:
    own = [error.__dict__["code"] for error in ERRORS if "code" in error.__dict__]

    assert len(own) == len(set(own))


def test_the_error_tree_in_the_docstring_names_every_error() -> None:
    drawn = errors.__doc__ or ""

    assert [error.__name__ for error in ERRORS if error.__name__ not in drawn] == []


def test_only_transient_errors_are_retried() -> None:
    retried = {e for e in ERRORS if errors.should_retry(e("x"))}

    assert retried == {
        errors.TransientError,
        errors.ChangedFileError,
        errors.StorageFullError,
    }


def test_sets_of_job_states_are_named_once() -> None:
    """What counts as over or under way is said in `schemas/job.py`, and nowhere by hand."""
    sources = [p for p in MODULES if p.relative_to(ROOT).as_posix() != "schemas/job.py"]

    by_hand = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Set) and sum(map(_is_job_state, node.elts)) > 1
    ]

    assert by_hand == []


def _is_job_state(node: ast.expr) -> bool:
    is_member = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    return is_member and node.value.id == "JobState"
