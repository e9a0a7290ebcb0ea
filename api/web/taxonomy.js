// The school's tags, read once per language-independent visit: facets and English labels.

import { getJson } from "./api.js";
import { currentLanguage } from "./i18n.js";

const byId = new Map();
let reading = null;

/** Read the taxonomy; a page without it still works, with the labels that came along. */
export function readTaxonomy() {
  reading ??= getJson("/v1/tags")
    .then(({ tags }) => tags.forEach((tag) => byId.set(tag.id, tag)))
    .catch(() => { reading = null; });
  return reading;
}

/** Return the label of a tag in the language of the page. */
export function tagLabel({ id, label }) {
  const known = byId.get(id);
  return (currentLanguage() === "en" ? known?.label_en : known?.label) || label || id;
}

/** Return which question this tag answers: `sector`, `topic`, `stage`, `skill`; `null` when unknown. */
export function tagFacet(id) {
  return byId.get(id)?.facet ?? null;
}
