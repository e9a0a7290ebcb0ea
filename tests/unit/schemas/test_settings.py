from pathlib import Path

import pytest

from schemas.errors import SettingsError
from schemas.settings import load_settings


def test_a_variable_reaches_its_place_in_the_tree(tmp_path: Path) -> None:
    settings = load_settings({"CORDEE_SERVER__PORT": "9001"}, data_dir=tmp_path)

    assert settings.server.port == 9001


def test_an_unknown_variable_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="porte"):
        load_settings({"CORDEE_SERVER__PORTE": "9001"}, data_dir=tmp_path)


def test_a_value_of_the_wrong_type_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="port"):
        load_settings({"CORDEE_SERVER__PORT": "eighty"}, data_dir=tmp_path)


@pytest.mark.parametrize("value", ["-1", "-1000", "60001", "inf", "nan"])
def test_a_time_that_no_search_can_wait_for_is_an_error(tmp_path: Path, value: str) -> None:
    with pytest.raises(SettingsError, match="rerank_within_ms"):
        load_settings({"CORDEE_SEARCH__RERANK_WITHIN_MS": value}, data_dir=tmp_path)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "cordee.toml").write_text("demo = true\n[server]\nport = 1\nhost = 'h'\n")

    settings = load_settings({"CORDEE_SERVER__PORT": "2"}, data_dir=tmp_path)

    assert (settings.demo, settings.server.port, settings.server.host) == (True, 2, "h")


def test_a_file_that_is_not_toml_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "cordee.toml").write_text("port = = 1")

    with pytest.raises(SettingsError, match=r"cordee\.toml"):
        load_settings({}, data_dir=tmp_path)


def test_other_variables_are_left_alone(tmp_path: Path) -> None:
    assert load_settings({"PATH": "/bin"}, data_dir=tmp_path).data_dir == tmp_path
