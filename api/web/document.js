// What a document page does beyond reading.

import { watchDocument, watchPlays } from "./events.js";
import { enhanceRecording } from "./recording.js";
import { enhanceVotes } from "./vote.js";

const page = document.querySelector(".document");
const recording = page.querySelector(".recording");
if (recording) enhanceRecording(recording);
enhanceVotes(page, { q: page.dataset.q, queryId: page.dataset.queryId });
if (page.dataset.queryId) {
  const hit = { query_id: page.dataset.queryId, document_id: page.dataset.id };
  const player = page.querySelector("#player");
  watchDocument(page, hit);
  if (player) watchPlays(player, hit);
}
