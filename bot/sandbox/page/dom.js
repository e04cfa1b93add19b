// Builds elements. Text only ever becomes a text node: nothing in this page is inserted as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element: `on…` attributes are listeners, true and false set or leave out an attribute. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return node;
}

/** A line drawing of index.html's symbols. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** A button with a drawing and a name that only screen readers and tooltips say. */
export function iconButton(name, label, onclick, className = "icon-button") {
  return el("button", { type: "button", class: className, "aria-label": label, title: label, onclick }, icon(name));
}

/** A round sign for somebody: the first letters of the name on a colour of its own. */
export function avatar(name, id) {
  const letters = name.split(/\s+/).map((word) => [...word][0] ?? "").slice(0, 2).join("");
  return el("span", { class: `avatar hue-${Math.abs(id) % 6}`, "aria-hidden": "true" }, letters.toUpperCase());
}

/** Run a function once before the next frame, however often it was asked for. */
export function onceAFrame(work) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      work();
    });
  };
}
