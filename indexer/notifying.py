"""Tells the school's own software what happens to questions, in the form of Standard Webhooks.

Each notice is a row of the catalog from the moment of what it tells, is sent at least once, tried
again with growing pauses, and given up after the settings' number of tries. It names ids and an
address; what anybody wrote is read there, by who may.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import httpx
import msgspec
import structlog
from standardwebhooks import Webhook

from indexer.catalog.notices import Notices
from schemas.errors import SettingsError
from schemas.notice import Delivery, DeliveryState, Notice
from schemas.settings import WebhookSettings

PAUSES_S: Final = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600)
"""After each try that failed; later ones wait as long as the last. As Standard Webhooks advises."""
TIMEOUT_S: Final = 10.0
MIN_SECRET_BYTES: Final = 24
"""Of Standard Webhooks: what is shorter can be guessed."""
GONE: Final = 410
"""Says that the receiver wants nothing any more: no reason to try again."""
_SECRET_START: Final = "whsec_"  # noqa: S105 - the beginning that every secret has

Post = Callable[[bytes, Mapping[str, str]], int]
"""Sends a body with headers and returns the status; raises ``httpx.HTTPError``."""

log = structlog.get_logger(__name__)


class Notifier:
    """Sends notices whose time has come. Several may work on one catalog."""

    def __init__(
        self,
        notices: Notices,
        settings: WebhookSettings,
        *,
        clock: Callable[[], datetime],
        post: Post | None = None,
    ) -> None:
        """Send nothing yet.

        Args:
            notices: The outbox.
            settings: Where to, signed with what, how often.
            clock: The time, UTC.
            post: How to send; over HTTP by default.

        Raises:
            SettingsError: If the secret is none.
        """
        self._notices = notices
        self._tries = settings.tries
        self._clock = clock
        self._webhook = Webhook(_secret(settings.secret))
        self._post = post or (lambda body, headers: _post(settings.url, body, headers))

    def send_due(self) -> int:
        """Try every notice that is due once; return how many were delivered."""
        return sum(self._try(delivery) for delivery in self._notices.take_due(self._clock()))

    def _try(self, delivery: Delivery) -> bool:
        now = self._clock()
        problem = self._send(delivery.notice, now)
        facts = {"notice_id": delivery.notice.id, "type": delivery.notice.type}
        if problem is None:
            self._notices.settle(delivery, DeliveryState.DELIVERED, due_at=now)
            log.info("notice.delivered", **facts)
            return True
        n_tries = delivery.n_tries + 1
        if n_tries >= self._tries or problem == str(GONE):
            self._notices.settle(delivery, DeliveryState.GIVEN_UP, due_at=now, problem=problem)
            log.error("notice.given_up", n_tries=n_tries, problem=problem, **facts)
            return False
        again = now + timedelta(seconds=PAUSES_S[min(n_tries, len(PAUSES_S)) - 1])
        self._notices.settle(delivery, DeliveryState.PENDING, due_at=again, problem=problem)
        log.warning("notice.failed", n_tries=n_tries, problem=problem, **facts)
        return False

    def _send(self, notice: Notice, now: datetime) -> str | None:
        """Send a notice once; return what went wrong, ``None`` where nothing did."""
        body = body_of(notice)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": notice.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._webhook.sign(notice.id, now, body.decode()),
        }
        try:
            status = self._post(body, headers)
        except httpx.HTTPError as error:
            return type(error).__name__
        is_taken = httpx.codes.is_success(status)
        return None if is_taken else str(status)


def open_notifier(
    notices: Notices, settings: WebhookSettings, *, clock: Callable[[], datetime]
) -> Notifier | None:
    """Return what sends notices; ``None`` where nobody is to be told.

    Raises:
        SettingsError: If there is an address and no secret to sign with.
    """
    return Notifier(notices, settings, clock=clock) if settings.url else None


def body_of(notice: Notice) -> bytes:
    """Return what is sent: the same bytes at every try."""
    return msgspec.json.encode({
        "type": notice.type,
        "timestamp": notice.at,
        "data": {
            "question_id": notice.question_id,
            "person_id": notice.person_id,
            "path": f"/questions/{notice.question_id}",
        },
    })


def _secret(text: str) -> bytes:
    try:
        secret = binascii.a2b_base64(text.removeprefix(_SECRET_START), strict_mode=True)
    except binascii.Error as exc:
        raise SettingsError("Settings: webhooks.secret is not base64.") from exc
    if len(secret) < MIN_SECRET_BYTES:
        raise SettingsError(
            f"Settings: webhooks.secret needs {MIN_SECRET_BYTES} bytes or more, as base64."
        )
    return secret


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    # Streamed and not read: only the status counts, and a receiver may answer with anything.
    with httpx.stream(
        "POST", url, content=body, headers=dict(headers), timeout=TIMEOUT_S
    ) as answer:
        return answer.status_code
