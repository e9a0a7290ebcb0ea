// Builds page elements. Data only ever enters as text nodes, so a title can never become markup.

const SVG = "http://www.w3.org/2000/svg";

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

/** Return a link that the router follows without reloading the page. */
export function link(href, props, ...children) {
  return el("a", { href, "data-link": true, ...props }, ...children);
}

const SHAPES = {
  video: ["M4 6.5h10.5v11H4z", "m14.5 10.5 5.5-3v9l-5.5-3"],
  audio: ["M12 4.5a2.8 2.8 0 0 1 2.8 2.8v4.2a2.8 2.8 0 0 1-5.6 0V7.3A2.8 2.8 0 0 1 12 4.5z", "M6 11.5a6 6 0 0 0 12 0", "M12 17.5v2.5"],
  pdf: ["M6.5 3.5h7.5l4 4v13H6.5z", "M14 3.5v4h4", "M9.5 12h5.5", "M9.5 15.5h5.5"],
  messages: ["M4 5.5h11v7.5H9l-3 2.8V13H4z", "M17.5 9.5H20v7h-1.8v2.3L15.5 16.5H11"],
  text: ["M5 6h14", "M5 10.5h14", "M5 15h9"],
  transcript: ["M5 6h3", "M11 6h8", "M5 12h3", "M11 12h8", "M5 18h3", "M11 18h5"],
  search: ["M10.8 4.5a6.3 6.3 0 1 1 0 12.6 6.3 6.3 0 0 1 0-12.6z", "m15.5 15.5 4.5 4.5"],
  lock: ["M6 11h12v8.5H6z", "M8.5 11V8.5a3.5 3.5 0 0 1 7 0V11"],
  person: ["M12 4.5a3.7 3.7 0 1 1 0 7.4 3.7 3.7 0 0 1 0-7.4z", "M4.8 20c.8-4 3.6-5.7 7.2-5.7s6.4 1.7 7.2 5.7"],
  upload: ["M12 15.5V4.5", "m7.5 8.5 4.5-4.3 4.5 4.3", "M4.5 15.5v4h15v-4"],
  download: ["M12 4.5v11", "m7.5 11.2 4.5 4.3 4.5-4.3", "M4.5 19.5h15"],
  link: ["M10 14.5a3.7 3.7 0 0 0 5.3 0l3-3a3.7 3.7 0 0 0-5.3-5.3l-1.2 1.2", "M14 9.5a3.7 3.7 0 0 0-5.3 0l-3 3A3.7 3.7 0 0 0 11 17.8l1.2-1.2"],
  back: ["m14.5 5.5-6.5 6.5 6.5 6.5"],
  next: ["m9.5 5.5 6.5 6.5-6.5 6.5"],
  close: ["m6 6 12 12", "m18 6-12 12"],
  tag: ["M4.5 4.5h7.2l8 8-7.2 7.2-8-8z", "M8.3 8.3h.01"],
  check: ["m5 12.5 4.7 4.7L19 7.5"],
  warning: ["M12 4 3.5 19.5h17z", "M12 10v4.5", "M12 17h.01"],
};

/** Return a decorative line drawing; the words beside it carry the meaning. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  for (const d of SHAPES[name] ?? SHAPES.text) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
