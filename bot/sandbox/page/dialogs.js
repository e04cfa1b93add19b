// Opens windows over the page; Escape closes each of them and the focus goes back where it was.

import { el } from "/page/dom.js";

/** Show a window with a heading and contents; return it, open. */
export function openDialog(heading, ...contents) {
  const id = `dialog-${crypto.randomUUID?.() ?? Math.random()}`;
  const dialog = el("dialog", { "aria-labelledby": id }, el("h2", { id }, heading), ...contents);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // the backdrop
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** A row of buttons at the foot of a window: [label, action, class]. */
export function feet(...buttons) {
  return el(
    "div",
    { class: "feet" },
    buttons.map(([label, onclick, className = "plain"]) => el("button", { type: "button", class: className, onclick }, label)),
  );
}

/** Ask for some fields; `onDone` gets their values and may throw a sentence, which is shown. */
export function openForm(heading, fields, verb, onDone) {
  const problem = el("p", { class: "problem", role: "alert" });
  const form = el("form", { class: "form", method: "dialog" }, fields, problem);
  form.append(
    el("div", { class: "feet" },
      el("button", { type: "button", class: "plain", onclick: () => dialog.close() }, "Cancel"),
      el("button", { type: "submit", class: "primary" }, verb)),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await onDone(new FormData(form));
      dialog.close();
    } catch (error) {
      problem.textContent = error.message;
    }
  });
  const dialog = openDialog(heading, form);
  return dialog;
}

/** A labelled field. */
export function field(label, control) {
  return el("label", { class: "field" }, el("span", {}, label), control);
}
