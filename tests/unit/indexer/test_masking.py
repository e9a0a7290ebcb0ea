"""What is left of a recording for who may not have some of its minutes."""

from __future__ import annotations

from indexer.masking import masked
from schemas.content import Slide, Transcript, Utterance
from schemas.span import TimeSpan


def test_a_slide_that_shows_in_a_hidden_minute_goes() -> None:
    shown, met = (
        Slide("Les prix", TimeSpan(0, 60_000)),
        Slide("Le contrat", TimeSpan(59_000, 90_000)),
    )
    said = Utterance(0, "Bonjour.", span=TimeSpan(0, 5_000))
    seen = masked(Transcript((said,), slides=(shown, met)), [TimeSpan(70_000, 80_000)])
    assert isinstance(seen, Transcript)
    assert seen.slides == (shown,)
    assert seen.utterances == (said,)
