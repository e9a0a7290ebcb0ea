// The taxonomy as checkboxes: a box above them narrows what is shown, and what is chosen is counted.

import { el, icon } from "./dom.js";

/** Let a person narrow the tags of a picker; `onChange` gets how many are chosen. */
export function enhanceTags(picker, onChange) {
  const box = el("input", { type: "search", class: "tag-filter", "aria-label": picker.dataset.filter, placeholder: picker.dataset.filter, spellcheck: false, autocomplete: "off" });
  const choices = [...picker.querySelectorAll(".tag-choice")].map((node) => ({ node, text: fold(`${node.textContent} ${node.title}`) }));
  const groups = [...picker.querySelectorAll(".tag-group")].map((node) => ({ node, isOpen: node.open }));
  const narrow = () => {
    const words = fold(box.value).split(/\s+/).filter(Boolean);
    for (const { node, text } of choices) node.hidden = !words.every((word) => text.includes(word));
    for (const { node, isOpen } of groups) {
      node.hidden = !node.querySelector(".tag-choice:not([hidden])");
      node.open = words.length > 0 || isOpen;
    }
  };
  box.addEventListener("input", narrow);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it narrows, it sends nothing
  });
  picker.prepend(el("div", { class: "tag-filter-line" }, icon("filter"), box));
  const count = () => onChange(chosenTags(picker).length);
  picker.addEventListener("change", count);
  picker.closest("form").addEventListener("reset", () => setTimeout(() => [narrow, count].forEach((act) => act())));
  count();
}

/** Return the ids of the tags that are chosen. */
export function chosenTags(picker) {
  return [...picker.querySelectorAll('input[name="tag"]:checked')].map((box) => box.value);
}

/** Return a text as people mean it when they look for something: without case and accents. */
export function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("œ", "oe").replaceAll("’", "'");
}
