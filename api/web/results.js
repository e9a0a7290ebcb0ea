// What a page of results does beyond reading.

import { enhanceVotes } from "./vote.js";

const results = document.querySelector(".results");
enhanceVotes(results, { q: results.dataset.q, queryId: results.dataset.queryId });
