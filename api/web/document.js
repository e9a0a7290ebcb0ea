// What a document page does beyond reading.

import { enhanceRecording } from "./recording.js";
import { enhanceVotes } from "./vote.js";

const page = document.querySelector(".document");
const recording = page.querySelector(".recording");
if (recording) enhanceRecording(recording);
enhanceVotes(page, { q: page.dataset.q });
