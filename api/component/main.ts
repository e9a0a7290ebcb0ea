// Makes <cordee-search> known to the page.

import { CordeeSearch } from "./element.ts";

const NAME = "cordee-search";

declare global {
  interface HTMLElementTagNameMap {
    [NAME]: CordeeSearch;
  }
}

// A page may load the script twice, or two versions of it: the first one stays.
if (!customElements.get(NAME)) customElements.define(NAME, CordeeSearch);
