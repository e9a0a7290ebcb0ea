"""Run ffmpeg: built with ffmpeg-python, shipped by imageio-ffmpeg, its errors made ours."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import ffmpeg
import imageio_ffmpeg

from pipelines.extraction.media import FORMATS, PROTOCOLS
from schemas.errors import DamagedFileError, TransientError

_REASON_BYTES: Final = 600
_SPEAKER: Final = re.compile(r"^\[[^]]+ @ 0x[0-9a-f]+\]\s*")
"""Which part of ffmpeg speaks, with its address in memory: of no use to who sent the file."""
_NO_SPACE: Final = "No space left on device"


def open_input(path: Path, **options: Any) -> Any:
    """Return an ffmpeg-python input that reads this one file, and nothing it may point to."""
    return ffmpeg.input(
        str(path.absolute()), protocol_whitelist=PROTOCOLS, format_whitelist=FORMATS, **options
    )


def run(output: Any, filename: str, on_time: Callable[[int], None] | None = None) -> None:
    """Run one ffmpeg command line to its end.

    Args:
        output: An ffmpeg-python output node.
        filename: The name to use in messages.
        on_time: Called with the milliseconds of output made so far, a few times a second.

    Raises:
        DamagedFileError: If ffmpeg gives up; carries the last thing it said.
        TransientError: If the disk is full.
    """
    command = output.global_args(
        "-nostdin", "-hide_banner", "-loglevel", "error", "-progress", "pipe:1"
    ).overwrite_output()
    arguments = command.compile(cmd=imageio_ffmpeg.get_ffmpeg_exe())
    with tempfile.TemporaryFile() as said:  # a pipe that nobody reads would fill up and block
        with subprocess.Popen(  # noqa: S603 - our own arguments, no shell
            arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, text=True
        ) as process:
            _follow(process, on_time)
        reason = _last_line(said) if process.returncode else ""
    if not process.returncode:
        return
    if _NO_SPACE in reason:
        raise TransientError("The disk of the worker is full.")
    raise DamagedFileError(f"“{filename}” cannot be decoded: {reason or 'ffmpeg gave up'}.")


def _follow(process: subprocess.Popen[str], on_time: Callable[[int], None] | None) -> None:
    for line in process.stdout or ():
        name, _, value = line.partition("=")
        if on_time and name == "out_time_us" and value.strip().isdecimal():
            on_time(int(value) // 1000)


def _last_line(said: Any) -> str:
    said.seek(0, 2)
    said.seek(max(0, said.tell() - _REASON_BYTES))
    lines = said.read().decode(errors="replace").strip().splitlines()
    return _SPEAKER.sub("", lines[-1].strip()).rstrip(".") if lines else ""
