// What a document page does beyond reading.

import { enhanceRecording } from "./recording.js";

const recording = document.querySelector(".recording");
if (recording) enhanceRecording(recording);
