// A written exchange or a thread, opened at the message that answers.

import { el, link } from "../dom.js";
import { day, dayAndTime, timeOfDay, t } from "../i18n.js";
import { marked } from "../text.js";
import { showTarget } from "./target.js";

/** Return the viewer of a transcript of messages. */
export function conversationViewer({ document_, content, passages, words, found }) {
  const people = new Map(content.speakers.map((one) => [one.id, one.name]));
  const mentors = new Set(document_.participants.filter((one) => one.role === "mentor").map((one) => one.id));
  const list = el("ol", { class: "conversation", "aria-label": t("conversation") });
  let lastDay = "";
  for (const message of content.utterances) {
    const today = message.sent_at ? day(message.sent_at) : "";
    if (today && today !== lastDay) list.append(el("li", { class: "day", role: "presentation" }, today));
    lastDay = today || lastDay;
    list.append(bubble(message));
  }

  function bubble(message) {
    const side = mentors.has(message.speaker_id) ? "mentor" : "student";
    const place = `#message=${message.ordinal}`;
    return el(
      "li", { class: `message ${side}${inPassage(message.ordinal) ? " matched" : ""}`, dataset: { message: message.ordinal } },
      el(
        "p", { class: "message-head" },
        el("strong", {}, people.get(message.speaker_id) ?? t("speaker.unknown")),
        side === "mentor" ? el("span", { class: "role" }, t("role.mentor")) : null,
        link(location.pathname + location.search + place, { class: "when", title: message.sent_at ? dayAndTime(message.sent_at) : null, "aria-label": t("message.link", { message: message.ordinal + 1 }) }, message.sent_at ? timeOfDay(message.sent_at) : t("place.message", { message: message.ordinal + 1 })),
      ),
      el("p", { class: "message-text", lang: document_.language, dir: "auto" }, marked(message.text, words)),
    );
  }

  function inPassage(ordinal) {
    return passages.some((one) => one.message !== null && one.message <= ordinal && ordinal <= (one.last_message ?? one.message));
  }

  const node = el("div", { class: "reading" }, found, list);
  return {
    node,
    goTo({ message }) {
      if (message !== null) showTarget(node, `[data-message="${message}"]`);
    },
  };
}
