// What is done with hits, told to the service as it happens: opened, played, read, copied.

const PATH = "/v1/events";
const LEAST_DWELL_MS = 1000;
const PLAYS_EVERY_MS = 30_000; // while a recording runs: a page that breaks off loses no more
const MOST_SPANS = 50; // of one event

/**
 * Tell what was done, also from a page that is being left. Nobody waits for an answer: what is
 * lost is lost. `hit` names the search and the document: `{ query_id, document_id }`.
 */
export function tell(hit, action, more = {}) {
  const body = JSON.stringify({ events: [{ ...hit, action, ...more }] });
  const headers = { "Content-Type": "application/json" };
  fetch(PATH, { method: "POST", headers, body, credentials: "same-origin", keepalive: true }).catch(() => {});
}

/** Tell which hits below `root` are opened, and of which words are copied. */
export function watchHits(root, queryId) {
  const hitOf = (node) => ({ query_id: queryId, document_id: node.closest(".hit").dataset.document, ...passageOf(node) });
  const onOpen = (event) => {
    const link = event.target.closest(".hit a[href^='/documents/']");
    // Similar documents are no hits of their own: the answer did not put them anywhere.
    if (link && event.button < 2 && !link.closest(".similar")) tell(hitOf(link), "click");
  };
  for (const type of ["click", "auxclick"]) root.addEventListener(type, onOpen); // and the middle button
  onCopy(root, (node) => node.closest(".hit") && tell(hitOf(node), "copy"));
}

/** Tell for how long a document that a hit led to is in front, and what is copied from it. */
export function watchDocument(root, hit) {
  let since = isInFront() ? performance.now() : null;
  let unsaid = 0;
  const count = () => {
    const now = performance.now();
    if (since !== null) unsaid += now - since;
    since = isInFront() ? now : null;
    if (unsaid < LEAST_DWELL_MS) return;
    tell(hit, "dwell", { dwell_ms: Math.round(unsaid) });
    unsaid = 0;
  };
  document.addEventListener("visibilitychange", count);
  addEventListener("pagehide", count);
  onCopy(root, (node) => tell({ ...hit, ...passageOf(node) }, "copy"));
}

/** Tell what of a recording is played: stretches of it, however one jumps about. */
export function watchPlays(player, hit) {
  const spans = [];
  let [start, last, told] = [null, null, performance.now()];
  const end = () => {
    if (start !== null && last > start) spans.push({ start_ms: Math.round(start * 1000), end_ms: Math.round(last * 1000) });
    start = null;
  };
  const say = () => {
    end();
    told = performance.now();
    if (spans.length) tell(hit, "play", { spans: spans.splice(0) });
  };
  player.addEventListener("timeupdate", () => {
    if (player.paused || player.seeking) return;
    last = player.currentTime;
    start ??= last;
    if (performance.now() - told > PLAYS_EVERY_MS || spans.length >= MOST_SPANS) say();
  });
  player.addEventListener("seeking", end);
  player.addEventListener("pause", () => {
    if (!player.seeking) last = player.currentTime;
    say();
  });
  document.addEventListener("visibilitychange", () => isInFront() || say());
  addEventListener("pagehide", say);
}

function onCopy(root, act) {
  document.addEventListener("copy", () => {
    const { anchorNode, isCollapsed } = getSelection();
    const node = anchorNode instanceof Element ? anchorNode : anchorNode?.parentElement;
    if (!isCollapsed && node && root.contains(node)) act(node);
  });
}

function passageOf(node) {
  const passage = node.closest("[data-passage]")?.dataset.passage;
  return passage ? { passage_id: passage } : {};
}

function isInFront() {
  return document.visibilityState === "visible";
}
