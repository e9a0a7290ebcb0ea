"""A PDF opened with PDFium, one thread at a time, its errors made ours."""

from __future__ import annotations

import mmap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from schemas.errors import DamagedFileError, EncryptedFileError

PDFIUM: Final = threading.Lock()
"""PDFium may not be called by two threads at once, not even for two documents."""
POINTS_PER_INCH: Final = 72
_SCRIPT_MARKS: Final = (b"/JavaScript", b"/JS ", b"/JS(")


@contextmanager
def opened(path: Path) -> Iterator[pdfium.PdfDocument]:
    """Hold PDFium and one document; nothing else may be opened meanwhile."""
    with PDFIUM:
        document = pdfium.PdfDocument(path)
        try:
            yield document
        finally:
            document.close()


@contextmanager
def vendor_errors(filename: str) -> Iterator[None]:
    """Make ours of what PDFium raises.

    Raises:
        EncryptedFileError: If the file needs a password.
        DamagedFileError: For everything else.
    """
    try:
        yield
    except pdfium.PdfiumError as exc:
        if getattr(exc, "err_code", None) == pdfium_c.FPDF_ERR_PASSWORD:
            raise EncryptedFileError(
                f"“{filename}” is protected by a password: send a copy without one."
            ) from exc
        reason = str(exc).rstrip(".")
        raise DamagedFileError(f"“{filename}” is a damaged PDF: {reason}.") from exc


def has_scripts(path: Path, document: pdfium.PdfDocument) -> bool:
    """Tell whether the document brings JavaScript: by its own list, or anywhere in plain sight.

    PDFium as we use it has no engine that could run any.
    """
    if pdfium_c.FPDFDoc_GetJavaScriptActionCount(document.raw) > 0:
        return True
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return any(data.find(mark) >= 0 for mark in _SCRIPT_MARKS)
