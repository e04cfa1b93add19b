// The foot of a column: writes, attaches files, offers commands and the bot's reply keyboard.

import { post } from "/page/api.js";
import { el, icon, iconButton } from "/page/dom.js";
import { menu } from "/page/menu.js";
import { gist } from "/page/message.js";

const PICTURES = ["image/png", "image/jpeg"];

export class Composer {
  /** `column` has store, chat, person and act(promise). */
  constructor(column) {
    this.column = column;
    this.replyTo = null;
    this.text = el("textarea", { rows: "1", enterkeyhint: "send", autocomplete: "off", "aria-label": "Message" });
    this.file = el("input", { type: "file", hidden: true, "aria-label": "File to send", tabindex: "-1" });
    this.quote = el("div", { class: "replying", hidden: true });
    this.topic = el("select", { class: "topics", "aria-label": "Topic", hidden: true });
    this.keys = el("div", { class: "reply-keys", role: "group", "aria-label": "Suggested answers", hidden: true });
    const commands = iconButton("slash", "Commands", () => {});
    this.node = el("form", { class: "composer" },
      this.quote, this.keys, this.topic,
      el("div", { class: "composer-line" },
        menu(commands, () => this.#commands(), { empty: "The bot has no commands here", up: true }),
        iconButton("clip", "Send a file", () => this.file.click()),
        this.text, this.file,
        el("button", { type: "submit", class: "icon-button send", "aria-label": "Send", title: "Send" }, icon("send"))));
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
    this.text.addEventListener("input", () => this.#grow());
    this.file.addEventListener("change", () => this.#sendFile());
  }

  /** Show who writes, and the reply keyboard if the sandbox tells of one. */
  refresh() {
    const { person, chat } = this.column;
    this.text.placeholder = person ? `${person.first_name} writes…` : "Nobody is here";
    this.#drawTopics(chat.topics ?? {});
    const rows = chat.keyboard?.keyboard ?? [];
    this.keys.hidden = rows.length === 0;
    this.keys.replaceChildren(...rows.map((row) => el("div", { class: "row" }, row.map((button) => {
      const label = button.text ?? button;
      return el("button", { type: "button", class: "key", onclick: () => this.say(label) }, label);
    }))));
  }

  /** Answer a message with the next text. */
  answer(message) {
    this.replyTo = message.message_id;
    this.quote.replaceChildren(
      el("span", {}, el("b", {}, `Reply to ${this.column.store.nameOf(message.from.id)}: `), gist(message)),
      iconButton("close", "Do not reply", () => this.#forgetReply()));
    this.quote.hidden = false;
    this.text.focus();
  }

  /** Send a text as the column's person. */
  say(text) {
    const { chat, person } = this.column;
    const body = { from: person.id, text, reply_to: this.replyTo ?? undefined, thread_id: Number(this.topic.value || 0) };
    this.#forgetReply();
    return this.column.act(post(`chats/${chat.id}/messages`, body));
  }

  #drawTopics(topics) {
    const chosen = this.topic.value;
    const open = Object.entries(topics).filter(([, topic]) => topic.state === "open");
    this.topic.hidden = open.length === 0;
    this.topic.replaceChildren(
      el("option", { value: "0" }, "# General"),
      ...open.map(([id, topic]) => el("option", { value: id, selected: id === chosen }, `# ${topic.name}`)));
  }

  async #send() {
    const text = this.text.value.trim();
    if (!text || !this.column.person) return;
    this.text.value = "";
    this.#grow();
    if ((await this.say(text)) === undefined && !this.text.value) this.text.value = text;
  }

  #sendFile() {
    const [file] = this.file.files;
    if (!file) return;
    const { chat, person } = this.column;
    const form = new FormData();
    form.append("from", person.id);
    form.append("caption", this.text.value.trim());
    form.append("file", file, file.name);
    this.text.value = this.file.value = "";
    this.column.act(post(`chats/${chat.id}/${PICTURES.includes(file.type) ? "photos" : "documents"}`, form));
  }

  #commands() {
    const { chat, person, store } = this.column;
    if (!person) return [];
    const address = chat.id < 0 ? `@${store.bot.username}` : "";
    return store.commandsFor(chat, person).map(({ command, description }) => [
      `/${command}`, () => this.say(`/${command}${address}`), description,
    ]);
  }

  #forgetReply() {
    this.replyTo = null;
    this.quote.hidden = true;
  }

  #grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 120)}px`;
  }
}
