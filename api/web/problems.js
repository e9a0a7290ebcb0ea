// Errors of the API in the words of the page.

import { hasMessage, t } from "./strings.js";

/** Return the sentence for the code of a problem. */
export function sentence(code) {
  return t(hasMessage(`problem.${code}`) ? `problem.${code}` : "problem.internal");
}
