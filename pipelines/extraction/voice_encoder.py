"""Clips of speech to vectors that are near each other where one voice speaks."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from indexer.models.manifest import model_dir
from pipelines.extraction.convert import SAMPLE_RATE
from pipelines.ports import VoiceEncoder
from schemas.errors import NotFoundError
from schemas.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipelines.extraction.channels import Samples

_WINDOW: Final = 400  # samples of a frame, 25 ms
_HOP: Final = 160
_N_MELS: Final = 40
_N_FRAMES: Final = 160
"""Of a clip, 1.6 s: what the network was trained on; a shorter clip is said over and over."""
_N_UNITS: Final = 256
_N_LAYERS: Final = 3
_LOUDNESS: Final = 10 ** (-30 / 20)  # root mean square that all training speech was brought to
_BATCH: Final = 64


def open_voice_encoder(settings: Settings) -> VoiceEncoder | None:
    """Return the configured encoder, not loaded yet; ``None`` where there is none, or no model."""
    name = settings.models.voices
    if not name:
        return None
    try:
        return RecurrentVoiceEncoder(model_dir(settings, name) / "model.pt")
    except NotFoundError:
        return None


class RecurrentVoiceEncoder:
    """Three recurrent layers over mel frames, as Resemblyzer made and trained them.

    Source:
        Wan, Wang, Papir and Lopez Moreno, ICASSP 2018, doi:10.1109/ICASSP.2018.8462665. Only the
        weights are Resemblyzer's: it needs librosa and a voice detector of its own.
    """

    def __init__(self, weights: Path) -> None:
        self._weights = weights
        self._lock = threading.Lock()
        self._layers: tuple[Any, Any] | None = None

    def encode(self, clips: Sequence[Samples]) -> NDArray[np.float32]:
        """See ``pipelines.ports.VoiceEncoder``."""
        import torch

        lstm, linear = self._loaded()
        found = []
        with torch.inference_mode():
            for at in range(0, len(clips), _BATCH):
                mels = np.stack([_mel(clip) for clip in clips[at : at + _BATCH]])
                _, (hidden, _) = lstm(torch.from_numpy(mels))
                rows = torch.relu(linear(hidden[-1]))
                found.append(torch.nn.functional.normalize(rows).numpy())
        return np.concatenate(found) if found else np.zeros((0, _N_UNITS), np.float32)

    def _loaded(self) -> tuple[Any, Any]:
        with self._lock:
            if self._layers is None:
                import torch

                state = torch.load(self._weights, map_location="cpu", weights_only=True)
                lstm = torch.nn.LSTM(_N_MELS, _N_UNITS, _N_LAYERS, batch_first=True)
                linear = torch.nn.Linear(_N_UNITS, _N_UNITS)
                for layer, name in ((lstm, "lstm."), (linear, "linear.")):
                    own = {k.removeprefix(name): v for k, v in state["model_state"].items()}
                    layer.load_state_dict({k: own[k] for k in layer.state_dict()})
                self._layers = lstm.eval(), linear.eval()
            return self._layers


def _mel(clip: Samples) -> NDArray[np.float32]:
    """Return an array of shape (160, 40): power per mel band, of speech of one loudness."""
    from transformers.audio_utils import mel_filter_bank, spectrogram, window_function

    loudness = float(np.sqrt(np.mean(np.square(clip)))) or 1.0
    filters = mel_filter_bank(
        _WINDOW // 2 + 1,
        _N_MELS,
        0,
        SAMPLE_RATE / 2,
        SAMPLE_RATE,
        norm="slaney",
        mel_scale="slaney",
    )
    bands = spectrogram(
        np.pad(clip * (_LOUDNESS / loudness), (0, max(0, _WINDOW - len(clip)))),
        window_function(_WINDOW, "hann"),
        frame_length=_WINDOW,
        hop_length=_HOP,
        power=2.0,
        mel_filters=filters,
    )
    return np.resize(bands.T, (_N_FRAMES, _N_MELS)).astype(np.float32)
