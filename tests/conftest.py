"""What every suite shares: no network for models, and the assembled models themselves."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog
from hypothesis import settings as property_settings

from indexer.models.pull import pull_models
from schemas.settings import ModelSettings, Settings
from tests.sharing import costliest_first, shared_by

# Read by the hub's client when it is first imported: a model that is missing must fail at once.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

# The same examples in every run: a run that fails here fails again, and so does its clone. Others
# are drawn with HYPOTHESIS_PROFILE=explore.
property_settings.register_profile("repeatable", derandomize=True)
property_settings.register_profile("explore", max_examples=2_000)
property_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

_REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadScopeScheduling

    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = shared_by  # noqa: SLF001 - what the library has subclasses override
    return scheduler


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        costliest_first(items)


@pytest.fixture(scope="session", autouse=True)
def _no_logger_is_kept() -> Iterator[None]:
    """Commands that run in this process configure its logs, as they do with a process of theirs.

    A logger that is kept from then on would write to the standard error of that command for ever.
    """
    configure = structlog.configure
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            structlog,
            "configure",
            lambda **said: configure(**said | {"cache_logger_on_first_use": False}),
        )
        yield


@pytest.fixture(autouse=True)
def _logs_are_as_they_were(_no_logger_is_kept: None) -> Iterator[None]:
    """Undo what a command in this process did to its logs."""
    yield
    if structlog.is_configured():
        structlog.reset_defaults()
        root = logging.getLogger()
        root.handlers = [each for each in root.handlers if type(each) is not logging.StreamHandler]
        root.setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Directory of the assembled default models; pulls what is missing, once per machine."""
    chosen = os.environ.get("TEST_MODELS_DIR")
    directory = Path(chosen) if chosen else _REPOSITORY / "cordee-data" / "models"
    pull_models(Settings(models=ModelSettings(directory=str(directory))))
    return directory


@pytest.fixture
def model_settings(models_dir: Path, tmp_path: Path) -> Settings:
    """Settings with a fresh data directory and the assembled models."""
    settings = Settings(models=ModelSettings(directory=str(models_dir), threads=2))
    return msgspec.structs.replace(settings, data_dir=tmp_path)
