// A text without pages: its blocks, opened at the one that answers.

import { el } from "../dom.js";
import { blockNodes } from "./blocks.js";
import { showTarget } from "./target.js";

/** Return the viewer of a body of blocks. */
export function textViewer({ document_, content, passages, words, found }) {
  const inPassage = (ordinal) => passages.some((one) => one.block !== null && one.block <= ordinal && ordinal <= (one.last_block ?? one.block));
  const decorate = (block, node) => node.classList.toggle("matched", inPassage(block.ordinal));
  const text = el("article", { class: "sheet prose", lang: document_.language, dir: "auto" }, blockNodes(content.blocks, { words, decorate }));
  const node = el("div", { class: "reading" }, found, text);
  return {
    node,
    goTo({ block }) {
      if (block !== null) showTarget(node, `[data-block="${block}"]`);
    },
  };
}
