// Knows what the sandbox looks like now: loaded once through the API, then kept up by events.

import { get } from "/page/api.js";

export class Store {
  bot = { id: 0, first_name: "The bot", username: "" };
  linkBase = "";
  commands = [];
  seq = 0;
  people = new Map();
  chats = new Map();
  messages = new Map(); // chat id → messages by id
  charges = new Map();
  refunds = new Map();
  disputes = new Map(); // known from events only
  payments = new Map();
  faults = [];

  /** Load everything; what happens meanwhile comes again as events after `seq`. */
  async load() {
    await this.loadInfo();
    const [people, chats, charges, refunds, payments, faults] = await Promise.all(
      ["people", "chats", "charges", "refunds", "payments", "faults"].map(get),
    );
    this.people = byId(people);
    this.chats = byId(chats);
    this.charges = byId(charges);
    this.refunds = byId(refunds);
    this.payments = byId(payments);
    this.faults = faults;
    const posts = await Promise.all(chats.map((chat) => get(`chats/${chat.id}/messages`)));
    this.messages = new Map(chats.map((chat, index) => [chat.id, byId(posts[index], "message_id")]));
  }

  /** Load who the bot is and which commands it has. */
  async loadInfo() {
    const info = await get("info");
    this.bot = info.bot;
    this.linkBase = info.link_base;
    this.commands = info.commands;
    this.seq = info.seq;
  }

  /** Take in one event; applying it twice changes nothing. */
  apply(event) {
    this.seq = event.seq;
    switch (event.kind) {
      case "message":
      case "edited":
        this.messagesIn(event.chat_id).set(event.message.message_id, event.message);
        break;
      case "deleted":
        this.messagesIn(event.chat_id).delete(event.message_id);
        this.#unpin(event);
        break;
      case "pinned":
        this.#unpin(event);
        this.chats.get(event.chat_id)?.pinned.push(event.message_id);
        break;
      case "unpinned":
        this.#unpin(event);
        break;
      case "person":
        this.people.set(event.person.id, event.person);
        this.#followPerson(event.person);
        break;
      case "chat":
      case "charge":
      case "refund":
      case "dispute":
      case "payment":
        this[`${event.kind}s`].set(event[event.kind].id, event[event.kind]);
        break;
    }
  }

  /** The messages of a chat by id, oldest first. */
  messagesIn(chatId) {
    if (!this.messages.has(chatId)) this.messages.set(chatId, new Map());
    return this.messages.get(chatId);
  }

  /** Somebody's first name, the bot's included. */
  nameOf(userId) {
    return userId === this.bot.id ? this.bot.first_name : (this.people.get(userId)?.first_name ?? "Somebody");
  }

  /** What a chat is called: its title, or the person it is with. */
  titleOf(chat) {
    return chat.title ?? [chat.first_name, chat.last_name].filter(Boolean).join(" ");
  }

  /** Whose card that is. */
  holderOf(card) {
    return [...this.people.values()].find((person) => person.card.fingerprint === card.fingerprint);
  }

  /** The payments of one invoice that went through. */
  paidFor(chatId, messageId) {
    return [...this.payments.values()].filter(
      (payment) => payment.chat_id === chatId && payment.message_id === messageId && ["paid", "held"].includes(payment.status),
    );
  }

  /** The bot's commands as one member of a chat is offered them: the narrowest scope that has some. */
  commandsFor(chat, person) {
    const inPrivate = chat.id > 0;
    const scopes = [
      (scope) => scope.type === "chat_member" && scope.chat_id == chat.id && scope.user_id == person.id,
      (scope) => !inPrivate && scope.type === "chat_administrators" && scope.chat_id == chat.id && chat.members[0] === person.id,
      (scope) => scope.type === "chat" && scope.chat_id == chat.id,
      (scope) => !inPrivate && scope.type === "all_chat_administrators" && chat.members[0] === person.id,
      (scope) => scope.type === (inPrivate ? "all_private_chats" : "all_group_chats"),
      (scope) => scope.type === "default",
    ];
    for (const fits of scopes) {
      const sets = this.commands.filter((set) => fits(set.scope));
      const found = sets.find((set) => set.language_code === person.language_code) ?? sets.find((set) => !set.language_code);
      if (found?.commands.length) return found.commands;
    }
    return [];
  }

  // A private chat shows its person's names and whether the bot may write: no "chat" event says so.
  #followPerson(person) {
    const { id, first_name, last_name } = person;
    const bot = person.blocked ? "kicked" : person.started ? "member" : "left";
    const known = this.chats.get(id) ?? { id, type: "private", members: [id], migrated_to: null, pinned: [] };
    this.chats.set(id, { ...known, first_name, last_name, bot });
  }

  #unpin({ chat_id: chatId, message_id: messageId }) {
    const chat = this.chats.get(chatId);
    if (chat) chat.pinned = chat.pinned.filter((id) => id !== messageId);
  }
}

function byId(things, key = "id") {
  return new Map(things.map((thing) => [thing[key], thing]));
}
