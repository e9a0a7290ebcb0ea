"""The glossary as schools write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.extraction.glossary import GlossaryTerm, load_glossary
from schemas.errors import SettingsError


def test_terms_comments_and_how_they_are_heard(tmp_path: Path) -> None:
    file = tmp_path / "own.txt"
    file.write_text("# les nôtres\n\nKbis\nUlule = hue lulu, u  lule\n", encoding="utf-8-sig")

    assert load_glossary(file) == (
        GlossaryTerm("Kbis"),
        GlossaryTerm("Ulule", ("hue lulu", "u lule")),
    )


def test_a_line_without_a_term_and_a_file_that_is_not_there_are_said(tmp_path: Path) -> None:
    file = tmp_path / "own.txt"
    file.write_text("= hue lulu\n", encoding="utf-8")

    with pytest.raises(SettingsError, match="which: '= hue lulu'"):
        load_glossary(file)
    with pytest.raises(SettingsError, match="cannot be read"):
        load_glossary(tmp_path / "none.txt")
