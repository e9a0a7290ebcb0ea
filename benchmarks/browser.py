"""How fast pages appear in Chromium, how much they shift and how much they weigh.

Run against a server that is up (``cordee up --demo``)::

    python -m benchmarks.browser http://127.0.0.1:8000 --json

Network and processor are slowed as Lighthouse slows them for its mobile score (150 ms round trip,
1.6 Mbit/s down, 750 kbit/s up, processor four times slower), with an empty cache for each page.
First and largest contentful paint and layout shift are the browser's own entries.
"""

from __future__ import annotations

import argparse
import json
import sys
from statistics import median
from typing import Any, Final

import msgspec
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM: Final = "/usr/bin/chromium"
_ARGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
]
_PLACES: Final = {"home": "/", "results": "/?q=fixer+ses+prix", "no query": "/?sort=newest"}
_KINDS: Final = ("course", "sheet", "exchange")
_SLOW_4G: Final = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_638_400 / 8,
    "uploadThroughput": 750_000 / 8,
}
_CPU_SLOWER: Final = 4
_SETTLED_MS: Final = 1_500
_ENTRIES: Final = """() => new Promise((resolve) => {
  const found = { fcp: 0, lcp: 0, cls: 0 };
  const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take))
    .observe({ type, buffered: true });
  watch('paint', (e) => { if (e.name === 'first-contentful-paint') found.fcp = e.startTime; });
  watch('largest-contentful-paint', (e) => { found.lcp = e.startTime; });
  watch('layout-shift', (e) => { if (!e.hadRecentInput) found.cls += e.value; });
  setTimeout(() => resolve(found), 300);
})"""


class Figures(msgspec.Struct, frozen=True):
    """One page: medians over its runs."""

    page: str
    width: int
    first_paint_ms: float
    largest_paint_ms: float
    layout_shift: float
    """Sum of shifts that no input caused; below .1 is called good."""
    html_bytes: int
    """Of the page itself, as they went over the wire."""
    all_bytes: int
    """With everything that it loads, recordings and pictures left out."""
    n_requests: int


def measure(url: str, *, runs: int, widths: tuple[int, ...] = (360, 1440)) -> list[Figures]:
    """Return the figures of every kind of page at every width."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGS)
        places = _PLACES | _documents(browser, url)
        found = [
            _summary(name, width, [_visit(browser, url + place, width) for _ in range(runs)])
            for name, place in places.items()
            for width in widths
        ]
        browser.close()
    return found


def _documents(browser: Browser, url: str) -> dict[str, str]:
    """Return an address for a document of each kind, found as a reader finds them."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)  # demo mode: signs the first persona in
    places = {}
    for kind in _KINDS:
        answer = context.request.get(f"{url}/v1/search?q=prix&kind={kind}&per_page=1").json()
        if answer["hits"]:
            places[kind] = f"/documents/{answer['hits'][0]['document_id']}?q=prix"
    context.close()
    return places


def _visit(browser: Browser, address: str, width: int) -> dict[str, float]:
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="fr-FR")
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", _SLOW_4G)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": _CPU_SLOWER})
    kinds: dict[str, str] = {}
    sizes: dict[str, float] = {}
    wire.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
    wire.on(
        "Network.loadingFinished",
        lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}),
    )
    page.goto(address, wait_until="load")
    page.wait_for_timeout(_SETTLED_MS)
    entries = _entries(page)
    context.close()
    weighed = {i: n for i, n in sizes.items() if kinds.get(i) not in {"Media", "Image"}}
    html = sum(n for i, n in weighed.items() if kinds.get(i) == "Document")
    return entries | {"html": html, "all": sum(weighed.values()), "requests": len(sizes)}


def _entries(page: Page) -> dict[str, float]:
    entries: dict[str, float] = page.evaluate(_ENTRIES)
    return entries


def _summary(name: str, width: int, visits: list[dict[str, float]]) -> Figures:
    def middle(key: str) -> float:
        return median(visit[key] for visit in visits)

    return Figures(
        page=name,
        width=width,
        first_paint_ms=round(middle("fcp"), 1),
        largest_paint_ms=round(middle("lcp"), 1),
        layout_shift=round(middle("cls"), 4),
        html_bytes=round(middle("html")),
        all_bytes=round(middle("all")),
        n_requests=round(middle("requests")),
    )


def _print_table(figures: list[Figures]) -> None:
    head = ("page", "width", "first paint", "largest", "shift", "HTML", "all", "requests")
    rows: list[tuple[Any, ...]] = [head]
    rows += [
        (
            each.page,
            each.width,
            f"{each.first_paint_ms:.0f} ms",
            f"{each.largest_paint_ms:.0f} ms",
            f"{each.layout_shift:.3f}",
            f"{each.html_bytes / 1000:.1f} kB",
            f"{each.all_bytes / 1000:.1f} kB",
            each.n_requests,
        )
        for each in figures
    ]
    for row in rows:
        sys.stdout.write("  ".join(f"{value!s:>12}" for value in row) + "\n")


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("url", help="address of a server in demo mode")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    figures = measure(given.url.rstrip("/"), runs=given.runs)
    if given.json:
        sys.stdout.write(json.dumps(msgspec.to_builtins(figures), indent=1) + "\n")
    else:
        _print_table(figures)


if __name__ == "__main__":
    main()
