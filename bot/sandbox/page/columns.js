// Decides which chats stand side by side, in which order and who acts in groups; on a phone they are tabs.

import { Column } from "/page/column.js";
import { el } from "/page/dom.js";

const MOST_AT_FIRST = 12;

export class Columns {
  constructor(store, openLink) {
    this.store = store;
    this.openLink = openLink;
    this.node = document.getElementById("columns");
    this.tabs = document.getElementById("tabs");
    this.byChat = new Map();
    this.shown = remembered("shown"); // chat id → true or false, where somebody chose
    this.actors = remembered("actors"); // group id → person id
    const wanted = new URLSearchParams(location.search).get("show");
    this.wanted = wanted ? wanted.split(",").map(Number) : null;
    this.node.addEventListener("scroll", () => this.#markTab(), { passive: true });
  }

  /** Draw everything anew. */
  reset() {
    this.byChat.clear();
    this.node.replaceChildren();
    this.sync();
  }

  /** Add and remove columns so that they are those to be shown. */
  sync() {
    const wanted = this.#order().filter(({ isShown }) => isShown).map(({ chat }) => chat);
    for (const [chatId, column] of this.byChat) {
      if (wanted.some((chat) => chat.id === chatId)) continue;
      column.node.remove();
      this.byChat.delete(chatId);
    }
    wanted.forEach((chat, index) => {
      const column = this.#column(chat.id);
      if (this.node.children[index] !== column.node) this.node.insertBefore(column.node, this.node.children[index] ?? null);
    });
    this.node.querySelector(".nobody")?.remove();
    if (!wanted.length) this.node.append(nobody(this.store.chats.size));
    this.#drawTabs(wanted);
  }

  /** Hand an event to the column it happened in. */
  on(event) {
    const chatId = event.chat_id ?? event.payment?.chat_id;
    if (event.kind === "message" && !this.byChat.has(chatId)) this.sync();
    const column = this.byChat.get(chatId);
    column?.on(event);
    if (event.kind === "message") this.#markUnread(chatId);
  }

  /** Somebody or a group is new or has changed. */
  refresh() {
    this.sync();
    for (const column of this.byChat.values()) column.refresh();
  }

  /** Show or hide a chat from now on. */
  choose(chatId, shown) {
    this.shown[chatId] = shown;
    remember("shown", this.shown);
    this.sync();
  }

  hide(chatId) {
    this.choose(chatId, false);
  }

  /** Show a chat and go there. */
  goTo(chatId) {
    if (!this.byChat.has(chatId)) this.choose(chatId, true);
    this.byChat.get(chatId)?.node.scrollIntoView({ inline: "center", block: "nearest" });
  }

  /** Who acts in a group: the chosen one, else its first member. */
  actorOf(group) {
    const chosen = this.actors[group.id];
    return group.members.includes(chosen) ? chosen : group.members[0];
  }

  setActor(group, personId) {
    this.actors[group.id] = personId;
    remember("actors", this.actors);
  }

  /** Checkboxes for every chat. */
  choices() {
    return this.#order().map(({ chat, isShown }) => {
      const box = el("input", { type: "checkbox", checked: isShown });
      box.addEventListener("change", () => this.choose(chat.id, box.checked));
      return el("label", { class: "choice" }, box, el("span", {}, this.store.titleOf(chat)));
    });
  }

  #column(chatId) {
    if (!this.byChat.has(chatId)) this.byChat.set(chatId, new Column(chatId, this.store, this));
    return this.byChat.get(chatId);
  }

  // Every chat and whether it is to be seen: as chosen here, else as the address asks, else if it is alive.
  #order() {
    const { chats } = this.store;
    const first = (this.wanted ?? []).filter((id) => chats.has(id));
    const inGroups = new Set([...chats.values()].filter((chat) => chat.id < 0).flatMap((group) => group.members));
    let places = MOST_AT_FIRST;
    return [...new Set([...first, ...chats.keys()])].map((id) => {
      const chat = chats.get(id);
      const byItself = this.wanted ? first.includes(id) : this.#isAlive(chat, inGroups) && places-- > 0;
      return { chat, isShown: this.shown[id] ?? byItself };
    });
  }

  // Staff who only act in their group need no empty column of their own.
  #isAlive(chat, inGroups) {
    if (chat.migrated_to) return false;
    return chat.id < 0 || this.store.messagesIn(chat.id).size > 0 || !inGroups.has(chat.id);
  }

  #drawTabs(chats) {
    this.tabs.replaceChildren(...chats.map((chat) =>
      el("button", { type: "button", "data-chat": chat.id, onclick: () => this.goTo(chat.id) }, this.store.titleOf(chat))));
    this.#markTab();
  }

  #markTab() {
    const middle = this.node.scrollLeft + this.node.clientWidth / 2;
    for (const tab of this.tabs.children) {
      const node = this.byChat.get(Number(tab.dataset.chat))?.node;
      const current = node && node.offsetLeft <= middle && middle < node.offsetLeft + node.offsetWidth;
      if (current === (tab.getAttribute("aria-current") === "true")) continue;
      tab.setAttribute("aria-current", current ? "true" : "false");
      if (current) {
        tab.classList.remove("unread");
        this.tabs.scrollTo({ left: tab.offsetLeft - this.tabs.clientWidth / 2 + tab.offsetWidth / 2 });
      }
    }
  }

  #markUnread(chatId) {
    const tab = this.tabs.querySelector(`[data-chat="${chatId}"]`);
    if (tab && tab.getAttribute("aria-current") !== "true") tab.classList.add("unread");
  }
}

function nobody(count) {
  return el("p", { class: "nobody" }, count
    ? "Every chat is hidden. “Columns” shows them again."
    : "Nobody is here yet. “Add” lets the first person in; the bot, once it runs, will answer.");
}

// For this tab and until it is closed: the next sandbox has other people under the same numbers.
function remembered(name) {
  try {
    return JSON.parse(sessionStorage.getItem(`sandbox.${name}`)) ?? {};
  } catch {
    return {};
  }
}

function remember(name, value) {
  try {
    sessionStorage.setItem(`sandbox.${name}`, JSON.stringify(value));
  } catch {
    // Without storage the choice lasts until the page is left.
  }
}
