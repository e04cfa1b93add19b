// Knows which addresses are deep links to the bot, and plays the scanning of a QR code.

import { post } from "/page/api.js";
import { feet, openDialog } from "/page/dialogs.js";
import { avatar, el } from "/page/dom.js";

/** The payload of a deep link to this sandbox's bot; null for any other address. */
export function payloadOf(address, store) {
  const url = parsed(address);
  if (!url || !url.searchParams.has("start")) return null;
  const base = parsed(store.linkBase);
  const ours = base && url.origin === base.origin && url.pathname === base.pathname;
  const here = url.origin === location.origin && ["/", "/chat"].includes(url.pathname);
  const telegrams = url.hostname === "t.me" && url.pathname === `/${store.bot.username}`;
  return ours || here || telegrams ? url.searchParams.get("start") : null;
}

/** Ask who scans, then open the deep link as that person; `likely` comes first. */
export function scan(payload, store, columns, likely = null) {
  const people = [...store.people.values()].sort((a, b) => (b.id === likely?.id) - (a.id === likely?.id));
  const problem = el("p", { class: "problem", role: "alert" });
  const choose = async (person) => {
    try {
      await post("start", { from: person.id, payload });
      dialog.close();
      columns.goTo(person.id);
    } catch (error) {
      problem.textContent = error.message;
    }
  };
  const dialog = openDialog("Who scans this QR code?",
    el("p", { class: "payload" }, payload || "(no payload)"),
    people.length ? null : el("p", {}, "Nobody is here yet: add a person first, then open the link again."),
    el("div", { class: "people" }, people.map((person) =>
      el("button", { type: "button", onclick: () => choose(person) }, avatar(person.first_name, person.id), el("span", {}, person.first_name)))),
    problem,
    feet(["Nobody", () => dialog.close()]));
}

function parsed(address) {
  try {
    return new URL(address, location.href);
  } catch {
    return null;
  }
}
