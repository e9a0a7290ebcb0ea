"""Every error Cordée raises on purpose, in one tree.

::

    CordeeError
    ├── InvalidInputError     400  the request or the file cannot be understood as asked
    │   ├── QuerySyntaxError
    │   ├── AddressRefusedError       an address that is not to be fetched from
    │   └── SettingsError
    ├── UnauthenticatedError  401  no identity, or one that has expired
    ├── ForbiddenError        403  an identity that may not do this
    ├── NotFoundError         404  no such thing, or none that this caller may see
    ├── ConflictError         409  the thing is in another state than the request needs
    │   └── LockedError       423  another request is at it
    ├── GoneError             410  it was here, and is given up
    ├── PermanentError        422  this input will never be ingested as it is; never retried
    │   ├── EmptyFileError            ├── UnsupportedFormatError
    │   ├── DamagedFileError          ├── EncryptedFileError
    │   ├── NoTextError               ├── NoSoundError
    │   ├── LimitExceededError        ├── InvalidExchangeError
    │   ├── UnknownTagError           ├── CancelledError
    │   ├── WorkerStoppedError        ├── NotFetchedError
    │   └── OcrMissingError           no OCR engine here: kept, and tried again once it is installed
    └── TransientError        503  may pass if tried again later
        ├── ChangedFileError  503  the file was written to while it was read
        └── StorageFullError  507  there is no room on the disk

Every error carries a stable ``code`` (used in problem documents and in failed jobs) and a
message that a user understands. All arguments go to ``super().__init__``: durable workflows
pickle what a step raises, and pickle calls the class with ``args``.
"""

from __future__ import annotations

from typing import ClassVar


class CordeeError(Exception):
    """The root of every error raised on purpose; ``str()`` is fit for a user."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500

    def __init__(self, message: str, *details: object) -> None:
        """Keep the message, and details that subclasses declare, picklable."""
        super().__init__(message, *details)
        self.message = message

    def __str__(self) -> str:
        """Return the user-facing message."""
        return self.message


class InvalidInputError(CordeeError):
    """The request cannot be understood as asked."""

    code = "invalid-input"
    status = 400


class QuerySyntaxError(InvalidInputError):
    """The query text uses an operator or a field that does not exist."""

    code = "query-syntax"


class AddressRefusedError(InvalidInputError):
    """The address is none that documents are fetched from: a private network, say."""

    code = "address-refused"


class SettingsError(InvalidInputError):
    """A setting is unknown or has a value that does not fit."""

    code = "settings"


class UnauthenticatedError(CordeeError):
    """No identity, or one that has expired or is not signed by a trusted key."""

    code = "unauthenticated"
    status = 401


class ForbiddenError(CordeeError):
    """This identity may not do this."""

    code = "forbidden"
    status = 403


class NotFoundError(CordeeError):
    """There is no such thing, or none that this caller may see: the two look alike on purpose."""

    code = "not-found"
    status = 404


class ConflictError(CordeeError):
    """The thing is in another state than the request needs."""

    code = "conflict"
    status = 409


class LockedError(ConflictError):
    """Another request writes to it."""

    code = "locked"
    status = 423


class GoneError(CordeeError):
    """It was here, and waited too long."""

    code = "gone"
    status = 410


class PermanentError(CordeeError):
    """This input will never succeed as it is; retrying is pointless."""

    code = "unprocessable"
    status = 422


class EmptyFileError(PermanentError):
    """The file holds no bytes, or nothing but white space."""

    code = "empty-file"


class UnsupportedFormatError(PermanentError):
    """The bytes are of a kind that no extractor reads, whatever the file's name says."""

    code = "unsupported-format"


class DamagedFileError(PermanentError):
    """The bytes start like a known format and then break off or contradict themselves."""

    code = "damaged-file"


class EncryptedFileError(PermanentError):
    """The file needs a password."""

    code = "encrypted-file"


class NoTextError(PermanentError):
    """The document opens and holds no text (a PDF of pictures, say)."""

    code = "no-text"


class NoSoundError(PermanentError):
    """The recording has no sound track, or no speech was found in it."""

    code = "no-sound"


class LimitExceededError(PermanentError):
    """The file is larger, longer or more deeply packed than the settings allow."""

    code = "limit-exceeded"


class InvalidExchangeError(PermanentError):
    """An exchange JSON breaks its schema; the message names the field."""

    code = "invalid-exchange"


class UnknownTagError(PermanentError):
    """A document declares a tag that the taxonomy lacks; the message names it."""

    code = "unknown-tag"


class CancelledError(PermanentError):
    """Somebody ended the job before it was done."""

    code = "cancelled"


class WorkerStoppedError(PermanentError):
    """The worker died again and again at the same stage of one file: out of memory, say."""

    code = "stops-worker"


class NotFetchedError(PermanentError):
    """The site that an address names does not give the document."""

    code = "not-fetched"


class OcrMissingError(PermanentError):
    """The document is made of pictures, and the worker has no engine that reads them (OCR)."""

    code = "ocr-missing"


class TransientError(CordeeError):
    """Something outside this request failed in a way that may pass; worth a retry."""

    code = "unavailable"
    status = 503


class ChangedFileError(TransientError):
    """The file was written to while it was read."""

    code = "changed-file"


class StorageFullError(TransientError):
    """There is no room left on the disk; it may come back."""

    code = "insufficient-storage"
    status = 507


def should_retry(error: BaseException) -> bool:
    """Tell whether trying the same work again can help: the one predicate for retries."""
    return isinstance(error, TransientError)
