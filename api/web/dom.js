// Builds page elements. Data only ever enters as text nodes, so a title can never become markup.

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = new URL("icons.svg", import.meta.url).pathname;

/**
 * Return a new element.
 *
 * `props`: `class`, `dataset`, `on` (event name to listener); a name that starts with `aria-` or
 * that is no property of the element becomes an attribute; `null`, `undefined` and `false` are left out.
 * `children`: nodes, strings, nested arrays; `null` and `false` are left out.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(...flat(children));
  return node;
}

function setProp(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "class") node.className = value;
  else if (name === "dataset") Object.assign(node.dataset, value);
  else if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  else if (name in node && !name.includes("-") && name !== "list" && name !== "role") node[name] = value;
  else node.setAttribute(name, value === true ? "" : String(value));
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** Replace everything inside `node`. */
export function fill(node, ...children) {
  node.replaceChildren(...flat(children));
  return node;
}

/** Return a decorative line drawing; the words beside it carry the meaning. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" })) svg.setAttribute(key, value);
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${SHAPES}#${name}`);
  svg.append(use);
  return svg;
}

let announceTimer = 0;

/** Say something to screen readers, once typing has paused. */
export function announce(text) {
  clearTimeout(announceTimer);
  announceTimer = setTimeout(() => {
    document.querySelector("#live").textContent = text;
  }, 150);
}
