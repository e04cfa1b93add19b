// A button that opens a short list of things to press.

import { el } from "/page/dom.js";

/** Join a button and its list; `items()` is asked each time it opens for [label, action, detail] or nodes. */
export function menu(button, items, { empty = "Nothing here", up = false } = {}) {
  const list = el("div", { class: up ? "menu up" : "menu", hidden: true });
  const holder = el("div", { class: "with-menu" }, button, list);
  const open = () => {
    list.replaceChildren(...shown(items(), close, empty));
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    list.querySelector("button, input")?.focus();
  };
  const close = () => {
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
  };
  button.setAttribute("aria-haspopup", "true");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => (list.hidden ? open() : close()));
  holder.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      close();
      button.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      step(list, event);
    }
  });
  document.addEventListener("pointerdown", (event) => {
    if (!list.hidden && !holder.contains(event.target)) close();
  });
  holder.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !holder.contains(event.relatedTarget)) close();
  });
  return holder;
}

function shown(items, close, empty) {
  if (!items.length) return [el("p", { class: "empty" }, empty)];
  return items.map((item) => {
    if (item instanceof Node) return item;
    const [label, action, detail] = item;
    const press = () => {
      close();
      action();
    };
    return el("button", { type: "button", onclick: press }, el("span", {}, label), detail && el("small", {}, detail));
  });
}

function step(list, event) {
  const stops = [...list.querySelectorAll("button, input")];
  const at = stops.indexOf(document.activeElement);
  if (list.hidden || !stops.length || at < 0) return;
  event.preventDefault();
  stops[(at + (event.key === "ArrowDown" ? 1 : stops.length - 1)) % stops.length].focus();
}
