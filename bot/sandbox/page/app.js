// Starts the page and hands events to those who show them.

import { Columns } from "/page/columns.js";
import { el, icon, onceAFrame } from "/page/dom.js";
import { Faults } from "/page/faults.js";
import { payloadOf, scan } from "/page/links.js";
import { menu } from "/page/menu.js";
import { addGroup, addPerson } from "/page/newcomers.js";
import { Provider } from "/page/provider.js";
import { Store } from "/page/store.js";
import { follow } from "/page/stream.js";

const store = new Store();
const columns = new Columns(store, openLink);
const provider = new Provider(store);
const faults = new Faults();
const status = document.getElementById("status");
const light = document.getElementById("light");
const refreshColumns = onceAFrame(() => columns.refresh());

/** Open a link as a person would: deep links ask who scans, others open beside this page. */
function openLink(address, person = null) {
  const payload = payloadOf(address, store);
  if (payload !== null) scan(payload, store, columns, person);
  else if (/^https?:/i.test(address)) window.open(address, "_blank", "noopener");
}

function onLoaded() {
  document.title = `${store.bot.first_name} in the sandbox`;
  document.getElementById("title").textContent = document.title;
  faults.show(store.faults);
  columns.reset();
  provider.refresh();
  playAddress();
}

function onEvent(event) {
  switch (event.kind) {
    case "person":
    case "chat":
      refreshColumns();
      break;
    case "commands":
      store.loadInfo();
      break;
    case "fault":
      faults.refresh();
      break;
    case "charge":
    case "refund":
    case "dispute":
      provider.refresh();
      break;
    case "payment":
      provider.refresh();
      columns.on(event);
      break;
    default:
      columns.on(event);
  }
}

function onState(state) {
  status.textContent = state === "live" ? "" : "the sandbox is away; trying again…";
  light.dataset.state = state;
}

// A scanned QR code opens /chat?start=…: ask once, then forget it, so that reloading does not scan again.
function playAddress() {
  const address = new URL(location.href);
  const payload = address.searchParams.get("start");
  if (payload !== null) {
    address.searchParams.delete("start");
    history.replaceState(null, "", address);
    scan(payload, store, columns);
  }
  const chatId = Number(address.hash.replace("#chat", ""));
  if (chatId) columns.goTo(chatId);
}

function tool(name, label) {
  return el("button", { type: "button", class: "tool", "aria-label": label }, icon(name), el("span", {}, label));
}

document.getElementById("columns-menu").replaceWith(
  menu(tool("columns", "Columns"), () => columns.choices(), { empty: "Nobody is here yet" }));
document.getElementById("add-menu").replaceWith(
  menu(tool("add", "Add"), () => [
    ["Person", () => addPerson(columns), "with a phone and a card"],
    ["Group", () => addGroup(store, columns), "with the bot in it"],
  ]));

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || payloadOf(link.href, store) === null) return;
  event.preventDefault();
  const chatId = Number(link.closest(".column")?.dataset.chat);
  openLink(link.href, columns.byChat.get(chatId)?.person ?? null);
});

if (matchMedia("(min-width: 1200px)").matches) provider.open(true);
follow(store, { onLoaded, onEvent, onState });
