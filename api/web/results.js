// What a page of results does beyond reading.

import { watchHits } from "./events.js";
import { enhanceVotes } from "./vote.js";

const results = document.querySelector(".results");
enhanceVotes(results, { q: results.dataset.q, queryId: results.dataset.queryId });
if (results.dataset.q) watchHits(results, results.dataset.queryId);
