// The one element that the address points to.

/** Mark the element found by `selector` as the place asked for and bring it into view. */
export function showTarget(root, selector, { block = "center" } = {}) {
  for (const old of root.querySelectorAll(".target")) {
    old.classList.remove("target");
    old.removeAttribute("aria-current");
  }
  const node = root.querySelector(selector);
  if (!node) return null;
  node.classList.add("target");
  node.setAttribute("aria-current", "true");
  node.scrollIntoView({ block, behavior: "instant" });
  return node;
}

/** Tell whether the reader asked for less movement. */
export function isStill() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
