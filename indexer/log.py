"""Structured logs: an event is a fixed dotted name, facts are fields.

Only entry points call ``configure_logging``; libraries take a logger from ``structlog`` and
never configure. Query texts, transcript texts and tokens are not logged above debug.
"""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logging(*, level: str = "info", as_json: bool = False) -> None:
    """Send every log line to standard error, coloured for people or as JSON lines.

    Lines of the standard library's loggers (web server, workflow engine) go the same way.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The pretty one prints local variables: query texts and tokens among them.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *([structlog.processors.format_exc_info] if as_json else []),
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for chatty in ("dbos", "faster_whisper", "sentence_transformers", "httpx", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
