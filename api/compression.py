"""Which answers are compressed on their way: text is, what is compressed already is not."""

from __future__ import annotations

from typing import Final

from litestar.config.compression import CompressionConfig

SENT_AS_IT_IS: Final = "sent_as_it_is"
"""Key of a route's ``opt``: a range of bytes must stay that range, an event must not wait."""
_WORTH_IT_BYTES: Final = 1000
_LEVEL: Final = 5


def compression() -> CompressionConfig:
    """Return the setting for the whole application."""
    return CompressionConfig(
        "gzip",
        minimum_size=_WORTH_IT_BYTES,
        gzip_compress_level=_LEVEL,
        exclude_opt_key=SENT_AS_IT_IS,
    )
