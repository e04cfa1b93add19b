// One chat as one person sees it: header, messages, transient answers, composer.

import { post } from "/page/api.js";
import { Composer } from "/page/composer.js";
import { field, openForm } from "/page/dialogs.js";
import { avatar, el, icon, iconButton } from "/page/dom.js";
import { menu } from "/page/menu.js";
import { drawMessage, gist } from "/page/message.js";
import { cardName } from "/page/money.js";
import { pay, payOtherwise } from "/page/pay.js";

const TOAST_MS = 4000;
const LONGEST_TAP_MS = 15_000; // then Telegram stops turning its wheel, too
const NEAR_THE_END_PX = 120;

export class Column {
  /** `house` is what columns share: openLink, hide, actorOf, setActor. */
  constructor(chatId, store, house) {
    this.chatId = chatId;
    this.store = store;
    this.house = house;
    this.head = el("header", { class: "head" });
    this.pinned = el("button", { type: "button", class: "pinned", hidden: true, onclick: () => this.#showPinned() });
    this.log = el("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0" });
    this.bubbles = el("div", { class: "bubbles", role: "status" });
    this.composer = new Composer(this);
    this.node = el("section", { class: "column", id: `chat${chatId}`, "data-chat": chatId },
      this.head, this.pinned, this.log, this.bubbles, this.composer.node);
    this.stuck = true; // whether the newest message is in view, and shall stay so
    this.log.addEventListener("scroll", () => {
      this.stuck = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_THE_END_PX;
    }, { passive: true });
    new ResizeObserver(() => this.stuck && this.#toTheEnd()).observe(this.log);
    this.redraw();
  }

  get chat() {
    return this.store.chats.get(this.chatId);
  }

  /** Who acts here: the chat's only person, or the chosen member of a group. */
  get person() {
    return this.store.people.get(this.chatId > 0 ? this.chatId : this.house.actorOf(this.chat));
  }

  /** Draw everything anew: after loading, or when somebody else acts. */
  redraw() {
    this.refresh();
    this.log.replaceChildren();
    for (const message of this.store.messagesIn(this.chatId).values()) this.#append(message);
    if (!this.log.childElementCount) this.log.append(this.#nothingYet());
    this.#toTheEnd();
  }

  /** Draw what is around the messages. */
  refresh() {
    const title = this.store.titleOf(this.chat);
    this.node.setAttribute("aria-label", title);
    this.log.setAttribute("aria-label", `Messages: ${title}`);
    this.log.lang = this.person?.language_code ?? "en";
    this.head.replaceChildren(
      avatar(title, this.chatId),
      el("div", { class: "names" }, el("h2", {}, title), this.#subtitle()),
      menu(iconButton("more", `More about ${title}`, () => {}), () => this.#deeds()),
      iconButton("close", `Hide ${title}`, () => this.house.hide(this.chatId)));
    this.#drawPinned();
    this.composer.refresh();
  }

  /** Take in an event of this chat. */
  on(event) {
    switch (event.kind) {
      case "message":
        this.#arrive(event.message);
        break;
      case "edited":
        this.#replace(event.message, "flash");
        this.#drawPinned();
        break;
      case "deleted":
        this.#find(event.message_id)?.remove();
        this.#drawPinned();
        break;
      case "pinned":
      case "unpinned":
        this.#drawPinned();
        break;
      case "tap":
        this.#press(event);
        break;
      case "toast":
        this.#answer(event);
        break;
      case "payment":
        this.#replace(this.store.messagesIn(this.chatId).get(event.payment.message_id));
        break;
    }
  }

  /** Do something through the API; show in the chat why it was refused. */
  async act(promise) {
    try {
      return await promise;
    } catch (error) {
      this.say(error.message, "problem");
      return undefined;
    }
  }

  /** Show a sentence for a moment. */
  say(text, className = "toast") {
    const bubble = el("p", { class: className, dir: "auto" }, text);
    this.bubbles.append(bubble);
    setTimeout(() => bubble.remove(), TOAST_MS + text.length * 30);
  }

  #toTheEnd() {
    this.stuck = true;
    this.log.scrollTop = this.log.scrollHeight;
  }

  #view() {
    const { store, person } = this;
    return {
      store,
      person,
      onCommand: (command) => this.composer.say(command),
      onReply: (message) => this.composer.answer(message),
      onTap: (message, button) => this.#tap(message, button),
      onPay: (message) => pay(message, this.person, store),
      onPayOtherwise: (message) => payOtherwise(message, this.person, store),
    };
  }

  #find(messageId) {
    return this.log.querySelector(`[data-id="${messageId}"]`);
  }

  #append(message) {
    const node = drawMessage(message, this.#view());
    const before = this.log.lastElementChild;
    if (before?.dataset.sender && before.dataset.sender === node.dataset.sender) node.classList.add("follows");
    this.log.append(node);
    return node;
  }

  #arrive(message) {
    if (this.#find(message.message_id)) return;
    this.log.querySelector(".nothing")?.remove();
    const own = message.from.id === this.person?.id;
    const wasStuck = this.stuck;
    this.#append(message).classList.add("arrives");
    if (own || wasStuck) this.#toTheEnd();
  }

  #replace(message, className) {
    const old = message && this.#find(message.message_id);
    if (!old) return;
    const wasStuck = this.stuck;
    const focused = old.contains(document.activeElement) ? document.activeElement.textContent : null;
    const node = drawMessage(message, this.#view());
    if (old.classList.contains("follows")) node.classList.add("follows");
    if (className) node.classList.add(className);
    old.replaceWith(node);
    if (focused !== null) refocus(node, focused);
    if (wasStuck) this.#toTheEnd();
  }

  async #tap(message, button) {
    if (!this.person) return;
    const wanted = button.callback_data === undefined ? { label: button.text } : { data: button.callback_data };
    const body = { from: this.person.id, message_id: message.message_id, ...wanted };
    const result = await this.act(post(`chats/${this.chatId}/tap`, body));
    if (result?.url) this.house.openLink(result.url, this.person);
    if (result?.pay) pay(message, this.person, this.store);
    if (result?.copy_text) this.act(copy(result.copy_text).then(() => this.say(`Copied: ${result.copy_text}`)));
  }

  // Also for taps that a script makes: whoever watches sees which button was pressed.
  #press({ message_id: messageId, callback_query_id: queryId, data }) {
    const keys = [...(this.#find(messageId)?.querySelectorAll("[data-key]") ?? [])];
    const pressed = keys.find((key) => key.dataset.key === data);
    if (!pressed) return;
    pressed.dataset.query = queryId;
    pressed.setAttribute("aria-busy", "true");
    setTimeout(() => pressed.removeAttribute("aria-busy"), LONGEST_TAP_MS);
  }

  #answer({ callback_query_id: queryId, person_id: personId, text, show_alert: isAlert, url }) {
    this.log.querySelector(`[data-query="${CSS.escape(String(queryId))}"]`)?.removeAttribute("aria-busy");
    const mine = personId === this.person?.id;
    if (url && mine) this.house.openLink(url, this.person);
    if (!text) return;
    const words = mine ? text : `${this.store.nameOf(personId)} sees: ${text}`;
    if (isAlert && mine) this.#alert(text);
    else this.say(words);
  }

  // Within the column rather than over the page: the other seats can go on.
  #alert(text) {
    const before = document.activeElement;
    const done = () => {
      alert.remove();
      before?.focus?.();
    };
    const alert = el("div", { class: "alert", role: "alertdialog", "aria-label": "Message of the bot" },
      el("div", {}, el("p", { dir: "auto" }, text), el("button", { type: "button", class: "primary", onclick: done }, "OK")));
    alert.addEventListener("keydown", (event) => event.key === "Escape" && done());
    this.node.append(alert);
    if (this.node.contains(before)) alert.querySelector("button").focus();
  }

  #drawPinned() {
    const messages = this.chat.pinned.map((id) => this.store.messagesIn(this.chatId).get(id)).filter(Boolean);
    const last = messages.at(-1);
    this.pinned.hidden = !last;
    if (last) this.pinned.replaceChildren(icon("pin"), el("span", {}, el("b", {}, "Pinned "), gist(last)));
  }

  #showPinned() {
    const node = this.#find(this.chat.pinned.at(-1));
    node?.scrollIntoView({ block: "center", behavior: "smooth" });
    node?.classList.add("flash");
    setTimeout(() => node?.classList.remove("flash"), 1500);
  }

  #subtitle() {
    const { chat, person } = this;
    if (this.chatId > 0) return el("p", {}, chat.bot === "kicked" ? "has blocked the bot" : cardName(person.card));
    const choose = el("select", { "aria-label": "As whom" },
      chat.members.map((id) => el("option", { value: id, selected: id === person?.id }, this.store.nameOf(id))));
    choose.addEventListener("change", () => {
      this.house.setActor(chat, Number(choose.value));
      this.redraw();
    });
    return el("p", {}, el("label", {}, "as ", choose), ["left", "kicked"].includes(chat.bot) && " · the bot is not here");
  }

  #deeds() {
    const { chat, person } = this;
    if (this.chatId > 0) {
      const blocked = chat.bot === "kicked";
      return [
        ["Start", () => this.act(post("start", { from: person.id })), "as if the bot was opened anew"],
        [blocked ? "Unblock the bot" : "Block the bot", () => this.act(post(`people/${person.id}/${blocked ? "unblock" : "block"}`))],
      ];
    }
    const set = (status) => () => this.act(post(`groups/${this.chatId}/bot`, { status, by: person?.id }));
    const gone = ["left", "kicked"].includes(chat.bot);
    return [
      gone ? ["Add the bot", set("member")] : ["Remove the bot", set("kicked")],
      !gone && (chat.bot === "administrator"
        ? ["Make the bot a plain member", set("member")]
        : ["Make the bot an administrator", set("administrator")]),
      chat.type === "supergroup" && ["Make a topic", () => this.#makeTopic()],
      ...Object.entries(chat.topics ?? {}).filter(([, topic]) => topic.state !== "deleted").map(([id, topic]) => {
        const [word, state] = topic.state === "open" ? ["Close", "closed"] : ["Open", "open"];
        const change = () => this.act(post(`groups/${this.chatId}/topics/${id}`, { state, by: person?.id }));
        return [`${word} the topic “${topic.name}”`, change];
      }),
      chat.type === "group" && !chat.migrated_to && ["Upgrade to a supergroup", () => this.act(post(`groups/${this.chatId}/upgrade`))],
    ].filter(Boolean);
  }

  #makeTopic() {
    const name = el("input", { name: "name", required: true, maxlength: "128", value: "Kitchen" });
    openForm("Make a topic", [field("Its name", name)], "Make it", (given) =>
      post(`groups/${this.chatId}/topics`, { name: given.get("name").trim(), by: this.person?.id }));
  }

  #nothingYet() {
    const start = () => this.act(post("start", { from: this.person.id }));
    return el("div", { class: "nothing" },
      el("p", {}, "No messages yet."),
      this.chatId > 0 && el("button", { type: "button", class: "primary", onclick: start }, "Start"));
  }
}

function refocus(node, label) {
  const keys = [...node.querySelectorAll("button")];
  (keys.find((key) => key.textContent === label) ?? keys.find((key) => key.matches(".key")))?.focus({ preventScroll: true });
}

async function copy(text) {
  await navigator.clipboard.writeText(text);
}
