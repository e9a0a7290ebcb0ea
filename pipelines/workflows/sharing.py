"""What a mentor has confirmed to be shared, read when its copy is made."""

from __future__ import annotations

import msgspec

from pipelines.bootstrap import Pipeline
from schemas.document import Submission
from schemas.errors import ConflictError
from schemas.sharing import SharedCopy


def confirmed_copy(pipeline: Pipeline, submission: Submission) -> SharedCopy:
    """Return what the copy is made of.

    Raises:
        ConflictError: If it was taken back, or the original changed, since it was confirmed.
    """
    sharing = pipeline.catalog.sharings.of_copy(submission.document_id)
    is_same = sharing is not None and sharing.copy_revision == submission.revision
    if sharing is None or sharing.plan is None or not is_same:
        raise ConflictError("The original has changed or is shared no longer: nothing is shared.")
    return msgspec.json.decode(pipeline.blobs.read(sharing.plan), type=SharedCopy)
