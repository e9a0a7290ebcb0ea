// Cuts a long turn of speech into lines short enough to jump to.

const LONG_MS = 10_000; // shorter turns stay whole
const SENTENCE_MS = 2_000; // a full stop ends a line that is at least this long
const CLAUSE_MS = 6_000; // and a comma one that is at least this long
const LINE_MS = 12_000; // speech without any punctuation is cut here

/** Return the lines of one utterance, each with its own start and end; one line when it is short or has no words. */
export function sentences(utterance) {
  const { words, start_ms: start, end_ms: end } = utterance;
  if (!words.length || end - start < LONG_MS) return [utterance];
  const lines = [];
  let line = [];
  for (const word of words) {
    line.push(word);
    if (endsLine(line)) {
      lines.push(line);
      line = [];
    }
  }
  if (line.length) lines.push(line);
  return lines.map((part, index) => ({
    ...utterance,
    text: part.map((word) => word.text.trim()).join(" "),
    start_ms: index ? part[0].start_ms : start,
    end_ms: part.at(-1).end_ms,
  }));
}

function endsLine(line) {
  const last = line.at(-1);
  const length = last.end_ms - line[0].start_ms;
  if (/[.!?…]$/.test(last.text)) return length >= SENTENCE_MS;
  if (/[,;:]$/.test(last.text)) return length >= CLAUSE_MS;
  return length >= LINE_MS;
}
