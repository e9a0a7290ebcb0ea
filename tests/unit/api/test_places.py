"""Deep links: to the second, the page, the message, the block."""

from __future__ import annotations

import pytest

from api.views.places import place_url
from schemas.ids import DocumentId
from schemas.span import BlockSpan, Locator, MessageSpan, PageSpan, TimeSpan

ID = DocumentId("d-1")


@pytest.mark.parametrize(
    ("locator", "moment", "expected"),
    [
        (TimeSpan(12_300, 20_000), None, "/documents/d-1?t=12.3"),
        (TimeSpan(0, 20_000), None, "/documents/d-1?t=0"),
        (TimeSpan(0, 20_000), TimeSpan(7_205_005, 7_206_000), "/documents/d-1?t=7205.005"),
        (TimeSpan(10_000, 20_000), None, "/documents/d-1?t=10"),
        (PageSpan(3, 5), None, "/documents/d-1#page=3"),
        (MessageSpan(4, 6), None, "/documents/d-1#message=4"),
        (BlockSpan(0, 2), None, "/documents/d-1#block=0"),
    ],
)
def test_a_link_leads_to_the_exact_place(
    locator: Locator, moment: TimeSpan | None, expected: str
) -> None:
    assert place_url(ID, locator, moment) == expected
