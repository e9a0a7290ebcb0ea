"""Is everything as it should be? Each check is one function, says what it found, and what to do."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from indexer.comparing import Comparer
from indexer.erasing.leftovers import files_of
from indexer.erasing.pending import ensure_none_pending
from indexer.intake import Intake
from indexer.models.files import damage
from indexer.models.manifest import model_dir, models_in_use, read_marker
from indexer.room import free_bytes, has_room
from indexer.status import ALIVE_WITHIN, still_failed
from indexer.sweeping import orphans, sweep_blobs
from schemas.comparison import Comparison
from schemas.content import Content, Transcript
from schemas.document import Document
from schemas.errors import ConflictError, CordeeError, NotFoundError, SettingsError
from schemas.ids import BlobKey
from schemas.job import ACTIVE

_MANY: Final = 10_000
_NAMED: Final = 5  # ids in one sentence
_BEHIND: Final = 100  # changes that a follower catches up with in seconds

_CHUNK_BYTES: Final = 4 * 1024**2


class Health(StrEnum):
    """``WARNING`` works and wants to be looked at; ``ERROR`` loses or hides something."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"
    REPAIRED = "repaired"


class Finding(msgspec.Struct, frozen=True):
    """What one check found."""

    check: str
    health: Health
    says: str
    advice: str = ""
    """What to do; empty where nothing has to be done."""


Check = Callable[[Intake, bool], Finding]
"""Takes the bundle, and whether to repair what can safely be."""


def examine(
    intake: Intake,
    *,
    repair: bool = False,
    deep: bool = False,
    compare: Comparer | None = None,
) -> Iterator[Finding]:
    """Yield what every check found, one after the other.

    Args:
        intake: The bundle to look at; the service may run.
        repair: Whether to mend what can be mended without losing anything.
        deep: Whether to read every stored file and compare it with its SHA-256.
        compare: Compares the indexes with the catalog; left out, they are not compared.
    """
    for check in (*CHECKS, *((check_bytes,) if deep else ())):
        yield check(intake, repair)
    if compare is not None:
        yield check_content(intake, repair, compare)


def check_models(intake: Intake, _repair: bool) -> Finding:  # noqa: FBT001 - all checks look alike
    """Tell whether the models in use are there, and what they claim to be."""
    bad = []
    for name in models_in_use(intake.settings):
        try:
            directory = model_dir(intake.settings, name)
        except (NotFoundError, SettingsError) as error:
            bad.append(str(error))
            continue
        marker = read_marker(directory)
        wrong = damage(directory, marker) if marker else "it was not pulled to its end"
        if wrong:
            bad.append(f"{name}: {wrong}")
    advice = "Run: cordee models pull"
    return _finding("models", bad, fine="All models in use are whole.", advice=advice)


def check_room(intake: Intake, _repair: bool) -> Finding:  # noqa: FBT001
    """Tell whether documents can be taken in."""
    free = f"{free_bytes(intake.settings) / 1e9:.1f} GB are free."
    if has_room(intake.settings):
        return Finding("disk", Health.OK, free)
    says = f"{free} Nothing is taken in and no stage begins."
    return Finding("disk", Health.ERROR, says, "Free some room: everything then goes on by itself.")


def check_workers(intake: Intake, _repair: bool) -> Finding:  # noqa: FBT001
    """Tell whether somebody works on what waits."""
    n_open = sum(intake.catalog.jobs.counts()[state] for state in ACTIVE)
    alive = intake.catalog.workers.alive(intake.clock())
    if n_open and not alive:
        says = f"{n_open} jobs wait and no worker is alive."
        return Finding("workers", Health.ERROR, says, "Run: cordee work, or cordee up")
    return Finding("workers", Health.OK, f"{len(alive)} alive, {n_open} jobs under way.")


def check_failed(intake: Intake, _repair: bool) -> Finding:  # noqa: FBT001
    """Tell how many documents could not be taken in, by reason."""
    reasons = Counter(
        job.problem.code if job.problem else "unknown" for job in still_failed(intake.catalog)
    )
    says = ", ".join(f"{n} {code}" for code, n in reasons.most_common())
    advice = "Look: cordee jobs list --state failed. Try again: cordee jobs retry JOB"
    if reasons:
        return Finding("failed jobs", Health.WARNING, says, advice)
    return Finding("failed jobs", Health.OK, "None.")


def check_index(intake: Intake, _repair: bool) -> Finding:  # noqa: FBT001
    """Tell how far the indexes are behind the catalog."""
    catalog = intake.catalog
    last = catalog.changes.last_position()
    since = intake.clock() - ALIVE_WITHIN
    followers = catalog.generations.followers()
    behind = [last - each.position for each in followers if each.reported_at >= since]
    if not behind:
        says = "No server runs: the indexes follow when one does."
        return Finding("index", Health.WARNING, says)
    says = f"{max(behind)} changes behind."
    since_when = catalog.changes.waiting_since(last - max(behind))
    if since_when is not None:
        says = f"{says} The first waits for {(intake.clock() - since_when).total_seconds():.0f} s."
    is_late = since_when is not None and intake.clock() - since_when > ALIVE_WITHIN
    if max(behind) > _BEHIND or is_late:
        return Finding("index", Health.WARNING, says, "Wait, or restart the server.")
    return Finding("index", Health.OK, says)


def check_content(intake: Intake, repair: bool, compare: Comparer) -> Finding:  # noqa: FBT001
    """Tell whether both indexes hold every passage of the catalog, and no other."""
    try:
        found = compare()
    except CordeeError as error:
        advice = "Stop what holds the indexes, or restart the server, and look again."
        return Finding("passages", Health.WARNING, f"Not compared: {error}", advice)
    if found is None:
        return Finding("passages", Health.OK, "No index was built here yet.")
    if not found.differences:
        says = f"Both indexes hold the {found.n_passages} passages of the catalog."
        return Finding("passages", Health.OK, says)
    if repair:
        says = f"{_told(found)} {_mend(intake, found)}"
        return Finding("passages", Health.REPAIRED, says)
    return Finding("passages", Health.ERROR, _told(found), "Run: cordee doctor --repair")


def check_vectors(intake: Intake, repair: bool) -> Finding:  # noqa: FBT001
    """Tell whether every passage can be found by meaning."""
    try:
        encoder = intake.catalog.generations.current().encoder
    except ConflictError as error:
        return Finding("vectors", Health.OK, str(error))
    n_lacking = len(intake.catalog.passages.without_vector(encoder, _MANY))
    if not n_lacking:
        return Finding("vectors", Health.OK, "Every passage has its vector.")
    many = "or more " if n_lacking == _MANY else ""
    says = f"{n_lacking} {many}passages have no vector of {encoder}."
    if repair:
        intake.queue.enqueue_reencode(encoder)
        return Finding("vectors", Health.REPAIRED, f"{says} Queued to be encoded.")
    return Finding("vectors", Health.ERROR, says, "Run: cordee doctor --repair")


def check_files(intake: Intake, _repair: bool) -> Finding:  # noqa: FBT001
    """Tell whether every file that a document refers to is stored."""
    stored = set(intake.blobs.keys())
    bad = [document.id for document in _documents(intake) if not set(_keys_of(document)) <= stored]
    return _finding(
        "files",
        bad,
        fine="Every file of every document is there.",
        advice="Restore them from a backup, or send the documents again.",
    )


def check_orphans(intake: Intake, repair: bool) -> Finding:  # noqa: FBT001
    """Tell whether files lie there that nothing needs any more."""
    lonely = orphans(intake.catalog, intake.blobs, now=intake.clock())
    if not lonely:
        return Finding("orphans", Health.OK, "No file lies there unneeded.")
    says = f"{len(lonely)} files are needed by nothing."
    if repair:
        gone = sweep_blobs(intake.catalog, intake.blobs, now=intake.clock())
        return Finding("orphans", Health.REPAIRED, f"{len(gone)} unneeded files deleted.")
    return Finding("orphans", Health.WARNING, says, "The worker deletes them daily, or --repair.")


def check_holes(intake: Intake, _repair: bool) -> Finding:  # noqa: FBT001
    """Tell in which recordings speech was detected and no words were heard."""
    bad = [document.id for document in _documents(intake) if _has_holes(intake, document)]
    advice = "Listen to the marked stretches; try again with: cordee jobs rerun DOCUMENT"
    found = _finding("holes", bad, fine="No recording has any.", advice=advice)
    is_bad = found.health is Health.ERROR
    return msgspec.structs.replace(found, health=Health.WARNING) if is_bad else found


def check_erasures(intake: Intake, _repair: bool) -> Finding:  # noqa: FBT001
    """Tell whether somebody who was erased is in the data again."""
    try:
        ensure_none_pending(intake.settings, intake.catalog)
    except ConflictError as error:
        return Finding("erasures", Health.ERROR, str(error))
    return Finding("erasures", Health.OK, "None is pending.")


def check_programs(_intake: Intake, _repair: bool) -> Finding:  # noqa: FBT001
    """Tell whether scanned pages can be read."""
    if shutil.which("tesseract"):
        return Finding("programs", Health.OK, "Tesseract is there.")
    advice = "Install tesseract-ocr and tesseract-ocr-fra, then retry the jobs that need them."
    return Finding("programs", Health.WARNING, "Scanned pages cannot be read.", advice)


def check_bytes(intake: Intake, _repair: bool) -> Finding:  # noqa: FBT001
    """Tell whether every stored file is still what it was: reads all of them."""
    bad = []
    for key in sorted(intake.blobs.keys()):
        digest = hashlib.sha256()
        with intake.blobs.local_path(key) as path, path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
        if digest.hexdigest() != key:
            bad.append(key)
    return _finding(
        "bytes", bad, fine="Every file is what it was.", advice="Restore these from a backup."
    )


CHECKS: Final[Sequence[Check]] = (
    check_models,
    check_room,
    check_workers,
    check_failed,
    check_index,
    check_vectors,
    check_files,
    check_orphans,
    check_holes,
    check_erasures,
    check_programs,
)


def _finding(check: str, bad: Sequence[str], *, fine: str, advice: str) -> Finding:
    if not bad:
        return Finding(check, Health.OK, fine)
    more = f" and {len(bad) - _NAMED} more" if len(bad) > _NAMED else ""
    return Finding(check, Health.ERROR, f"{', '.join(bad[:_NAMED])}{more}", advice)


def _told(found: Comparison) -> str:
    counts = Counter((each.fault, each.index) for each in found.differences)
    parts = [f"{n} {fault.replace('_', ' ')} ({index})" for (fault, index), n in counts.items()]
    more = "" if found.is_whole else " and more"
    return f"{', '.join(parts)}{more}; generation {found.generation}."


def _mend(intake: Intake, found: Comparison) -> str:
    """Have followers look at the documents again; build anew where that cannot mend all."""
    catalog = intake.catalog
    documents = sorted({each.document_id for each in found.differences if each.document_id})
    catalog.changes.ask_again(documents)
    if found.is_whole and all(each.document_id for each in found.differences):
        return f"{len(documents)} documents are indexed again by the server."
    try:
        number = catalog.generations.request(catalog.generations.current().encoder)
    except ConflictError as error:
        return str(error)
    return f"The server builds generation {number} anew."


def _documents(intake: Intake) -> Iterator[Document]:
    for document_id in intake.catalog.documents.all_ids():
        document = intake.catalog.documents.get(document_id)
        if document is not None:
            yield document


def _keys_of(document: Document) -> Iterator[BlobKey]:
    yield document.original
    yield document.content
    yield from files_of(document.media)


def _has_holes(intake: Intake, document: Document) -> bool:
    try:
        content: Content = msgspec.json.decode(intake.blobs.read(document.content), type=Content)
    except (NotFoundError, msgspec.DecodeError):
        return False  # gone or changed: said by another check
    return isinstance(content, Transcript) and bool(content.holes)
