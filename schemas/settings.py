"""Settings: one frozen tree, read once by an entry point from a mapping passed in.

Sources, later ones win: the defaults below, then ``cordee.toml`` in the data directory, then
variables named ``CORDEE_<SECTION>__<NAME>`` (``CORDEE_DATA_DIR`` for a top-level one). A name
that is not in the tree is an error, so that a typing mistake never passes silently.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from schemas.errors import SettingsError
from schemas.job import Stage

_PREFIX: Final = "CORDEE_"
_SEPARATOR: Final = "__"
SETTINGS_FILE: Final = "cordee.toml"


Days = Annotated[int, msgspec.Meta(ge=0)]


class CatalogSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The database that holds the truth."""

    url: str = ""
    """SQLAlchemy URL; empty means SQLite in the data directory."""
    pool_size: int = 8


class BlobSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where originals, recordings and transcripts are kept."""

    url: str = ""
    """``s3://bucket/prefix``, or empty for the data directory. Credentials come from the usual AWS
    variables."""


class DenseSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The dense index."""

    url: str = ""
    """URL of a Qdrant server or cluster; empty means Qdrant Edge in this process."""
    api_key: str = ""
    collection: str = "cordee"
    ef: int = 128
    """Candidates that HNSW search keeps: more finds more of the true neighbours, more slowly. At
    100 000 passages 128 finds 86 % of them and 256 finds 94 %, at the same nDCG@10: exact scores
    of everything that the words found make up for it."""
    exact_below: int = 20_000
    """With fewer passages than this, search exactly: as fast, and nothing is missed."""


class Precision(StrEnum):
    """What a passage encoder calculates with."""

    FASTEST = ""
    """The one that a short self-test finds fastest on this machine."""
    FP32 = "fp32"
    BF16 = "bf16"
    INT8 = "int8"


class ModelSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which models of the manifest do the work: each is one line of configuration."""

    manifest: str = ""
    """Path of a manifest; empty means the one shipped with Cordée."""
    encoder: str = "multilingual-e5-small"
    speech: str = "whisper-base"
    voices: str = "resemblyzer"
    """Tells the two voices of a call in one channel apart; empty leaves them one unknown voice."""
    directory: str = ""
    """Where models are kept; empty means ``models`` in the data directory."""
    precision: Precision = Precision.FASTEST
    """Of the passage encoder; empty means the fastest of this machine, found by a self-test of a
    few seconds at first use and remembered beside the models."""
    threads: int = 0
    """Threads of one encoding or transcription; 0 means the cores this process may use."""


class AuthSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How bearer tokens are checked. A JWT carries ``sub``, ``role``, ``name`` and ``exp``."""

    key: str = ""
    """Shared HS256 key; empty means one made at first start, kept in the data directory."""
    jwks_url: str = ""
    """Public keys of an identity provider (RS256 or ES256); tokens of either kind are accepted."""
    audience: str = ""
    """Expected ``aud`` claim; empty means it is not checked."""
    issuer: str = ""


class ServerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The HTTP server."""

    host: str = "127.0.0.1"
    port: int = 8000
    allowed_origins: tuple[str, ...] = ()
    """Other sites whose pages may call the API from a browser."""
    time_zone: str = "Europe/Paris"
    """Where the school is: pages tell days and times as its clocks do."""


class IngestionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits and habits of the pipeline."""

    max_upload_bytes: int = 2 * 1024**3
    max_duration_s: int = 6 * 3600
    max_pages: int = 2_000
    max_archive_ratio: int = 200
    """A DOCX whose content is this many times its packed size is taken for an archive bomb."""
    max_archive_bytes: int = 512 * 1024**2
    passage_tokens: int = 256
    """Most encoder tokens of a passage, title not counted. Whole sentences leave passages shorter:
    with 256 they reach the 200 that search best; with 200 they fall to 130 and nDCG@10 by 1.5
    points."""
    passage_overlap_tokens: int = 64
    language: str = "fr"
    """Spoken language, fixed: detection is wrong on short or musical starts."""
    ocr_languages: str = "fra"
    """What pictures of text are read as: names of Tesseract's data, joined by ``+``."""
    glossary: str = ""
    """Path of the school's glossary (docs/formats.md); empty means the one shipped. Recognition
    listens for the first 40 terms, and all are looked for by their sound in what it heard."""
    workers: int = 1
    """Documents ingested at once by one worker process."""
    min_free_bytes: int = 500 * 1024**2
    """Left free on the disk: with less, nothing is taken in and no stage begins, until there is."""
    at_once: dict[Stage, Annotated[int, msgspec.Meta(ge=1)]] = {}
    """Stages of one kind that run at once in a worker, where fewer than ``workers``: 1 for
    ``encode``, say, which uses all cores by itself."""
    max_worker_deaths: Annotated[int, msgspec.Meta(ge=1)] = 10
    """How often a worker may die at one stage of one file, a power cut counted, before it is put
    aside."""
    resumable_hours: Annotated[int, msgspec.Meta(ge=1)] = 48
    """How long an upload in pieces that got no further is kept for its sender to go on with."""
    fetch_private: bool = False
    """Fetch also from addresses of private networks and any port: only where everybody who may
    add documents may also see everything that answers there."""
    fetch_ports: tuple[int, ...] = (80, 443)
    """Ports that documents are fetched from."""
    fetch_timeout_s: Annotated[float, msgspec.Meta(gt=0)] = 600.0
    """Longest that fetching one document may take, with its redirects and further tries: looked
    at before each connection and after each piece that arrives, so that a silent site may add the
    half minute after which it is given up."""
    hook_secret: str = ""
    """What signs documents that other systems push to ``/v1/hooks/documents``, as Standard
    Webhooks writes it (``whsec_`` and base64); empty means that none are taken."""
    max_attempts: int = 3
    """Tries of a stage that fails in a way that may pass."""


class SearchSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The candidate set and the ranking."""

    candidates: int = 100
    """Passages taken from each retriever. Fixed, so that pages are stable."""
    profile: str = "default"
    """Name of the ranking profile (see ``indexer/retrieval/profiles.py``)."""
    passages_per_hit: int = 3
    reranker: str = ""
    """Cross-encoder of the manifest that orders the first documents anew; empty means none. It
    needs the ``ingest`` extra where searches are answered."""
    reranked: Annotated[int, msgspec.Meta(ge=0)] = 20
    """Documents that it reads, each by its best passage."""
    rerank_within_ms: Annotated[float, msgspec.Meta(ge=0, le=60_000)] = 400.0
    """Longest that a search waits for it, up to a minute; then the order without it stands."""
    query_vectors: int = 2_000
    """Queries whose vectors are kept in memory (2 KB each), so that asking one again encodes
    nothing; they go with their generation of the indexes. 0 keeps none."""
    synonyms: str = ""
    """Path of the school's synonyms file; empty means the one shipped with Cordée."""
    doubtful_below: float = 0.5
    """Confidence under which a page says that nothing really answers, and shows the nearest."""
    shared_query_people: int = 5
    """People who must have found something useful with a query before it is suggested to others:
    below, it may say who asked."""


class FeedbackSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The log of what people do with answers, and what is learned from it."""

    key: str = ""
    """Secret from which pseudonyms are made, 32 characters or more; empty means one made at the
    first start, in the data directory. Several machines that serve one catalog need the same."""
    searches_per_minute: int = 60
    """Of one person; what goes beyond is answered and not counted: no person searches so fast."""
    events_per_minute: int = 240
    """Clicks, plays and the like of one person; what goes beyond is left out."""
    votes_per_minute: int = 30
    """Of one person; what goes beyond is refused."""


class QuestionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Questions that are asked of mentors."""

    most_waiting: int = 5
    """A mentor who has so many unanswered questions is given no more; they may still take some."""
    most_asked: int = 20
    """Unanswered questions of one person; who has more closes one before asking again."""


class WebhookSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the school's own software hears what happens to questions."""

    url: str = ""
    """``https://...`` that takes notices; empty means that nobody is told."""
    secret: str = ""
    """What signs them, as Standard Webhooks writes it: ``whsec_`` and base64, or base64 alone."""
    tries: int = 8
    """Then a notice is given up: with the growing pauses between them, after a bit over a day."""


class TagSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The taxonomy."""

    taxonomy: str = ""
    """Path of the school's taxonomy file; empty means the one shipped with Cordée."""


class RetentionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many days after it took place a document of each kind is deleted; 0 keeps it for ever."""

    exchange_days: Days = 0
    course_days: Days = 0
    replay_days: Days = 0
    workshop_days: Days = 0
    sheet_days: Days = 0
    thread_days: Days = 0


class LogSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Structured logs."""

    level: str = "info"
    json: bool = False
    """JSON lines instead of coloured text; containers set it."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole tree."""

    data_dir: Path = Path("cordee-data")
    demo: bool = False
    """Demo mode: personas can be chosen in a menu without a password. Never in production."""
    catalog: CatalogSettings = CatalogSettings()
    blobs: BlobSettings = BlobSettings()
    dense: DenseSettings = DenseSettings()
    models: ModelSettings = ModelSettings()
    auth: AuthSettings = AuthSettings()
    server: ServerSettings = ServerSettings()
    ingestion: IngestionSettings = IngestionSettings()
    search: SearchSettings = SearchSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    questions: QuestionSettings = QuestionSettings()
    webhooks: WebhookSettings = WebhookSettings()
    tags: TagSettings = TagSettings()
    retention: RetentionSettings = RetentionSettings()
    log: LogSettings = LogSettings()

    @property
    def catalog_url(self) -> str:
        """SQLAlchemy URL of the catalog."""
        return self.catalog.url or f"sqlite:///{self.data_dir / 'catalog.sqlite'}"

    @property
    def workflow_url(self) -> str:
        """SQLAlchemy URL of the workflow engine's own database, beside the catalog."""
        return self.catalog.url or f"sqlite:///{self.data_dir / 'workflows.sqlite'}"

    @property
    def blob_url(self) -> str:
        """``file://`` or ``s3://`` URL of the blob store."""
        return self.blobs.url or (self.data_dir / "blobs").resolve().as_uri()

    @property
    def index_dir(self) -> Path:
        """Directory of both indexes; each generation has a directory inside."""
        return self.data_dir / "indexes"

    @property
    def models_dir(self) -> Path:
        """Directory of assembled models."""
        return Path(self.models.directory) if self.models.directory else self.data_dir / "models"


def load_settings(environ: Mapping[str, str], *, data_dir: Path | None = None) -> Settings:
    """Read the settings tree.

    Args:
        environ: Usually ``os.environ``; only names that start with ``CORDEE_`` are looked at.
        data_dir: Overrides every other source (the ``--data-dir`` option).

    Raises:
        SettingsError: If a name is unknown or a value does not fit its type.
    """
    from_environ = _nest(environ)
    chosen = data_dir or Path(str(from_environ.get("data_dir", Settings().data_dir)))
    tree = _merge(_read_file(chosen / SETTINGS_FILE), from_environ)
    tree["data_dir"] = str(chosen.absolute())
    try:
        return msgspec.convert(tree, Settings, strict=False, dec_hook=_decode_path)
    except msgspec.ValidationError as exc:
        raise SettingsError(f"Settings: {exc}") from exc


def _decode_path(kind: type[Path], value: str) -> Path:
    """Read the one type of the tree that msgspec leaves to us; a ``TypeError`` is invalid input."""
    return kind(value)


def _read_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as exc:
        raise SettingsError(f"Settings: {path} is not valid TOML: {exc}") from exc


def _nest(environ: Mapping[str, str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in environ.items():
        if not name.startswith(_PREFIX):
            continue
        *sections, leaf = name.removeprefix(_PREFIX).lower().split(_SEPARATOR)
        node = tree
        for section in sections:
            node = node.setdefault(section, {})
        node[leaf] = value.split(",") if leaf == "allowed_origins" else value
    return tree


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in over.items():
        below = merged.get(name)
        both = isinstance(below, dict) and isinstance(value, dict)
        merged[name] = _merge(below, value) if both else value  # type: ignore[arg-type]
    return merged
