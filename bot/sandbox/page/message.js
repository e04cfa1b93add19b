// Draws one message: bubble, picture, file, invoice, buttons, or a service line.

import { fileUrl } from "/page/api.js";
import { el, icon, iconButton } from "/page/dom.js";
import { rich } from "/page/entities.js";
import { cardName, money } from "/page/money.js";

const TALLEST_PICTURE_PX = 300;
const BUTTON_STYLES = ["primary", "success", "danger"];

/** Draw a message for one column: `view` has store, chat, person and what pressing does. */
export function drawMessage(message, view) {
  const service = serviceLine(message, view);
  if (service) return el("p", { class: "service", "data-id": message.message_id }, service);
  const own = message.from.id === view.person?.id;
  const node = el(
    "article",
    { class: own ? "message own" : "message", "data-id": message.message_id, "data-sender": message.from.id },
    bubble(message, view, own),
  );
  if (message.reply_markup?.inline_keyboard) node.append(keyboard(message, view));
  return node;
}

/** One short line that says what a message is, for quotes and the pinned bar. */
export function gist(message) {
  if (message.photo) return message.caption || "Picture";
  if (message.document) return message.caption || message.document.file_name || "File";
  if (message.invoice) return `${message.invoice.title}, ${money(message.invoice.total_amount, message.invoice.currency)}`;
  return message.text ?? message.sticker?.emoji ?? "Message";
}

function bubble(message, view, own) {
  const name = view.store.nameOf(message.from.id);
  const inGroup = message.chat.id < 0;
  const topic = topicOf(message, view);
  // In a topic every message answers the one that made it: Telegram's apps do not show that.
  const reply = message.reply_to_message?.forum_topic_created ? null : message.reply_to_message;
  return el(
    "div",
    { class: message.sticker ? "bubble bare" : "bubble" },
    el("span", { class: inGroup && !own ? `sender hue-${message.from.id % 6}` : "unseen" }, inGroup || !own ? name : "You"),
    topic && el("span", { class: "topic" }, `# ${topic}`),
    reply && el("span", { class: "quote" }, el("b", {}, view.store.nameOf(reply.from?.id)), el("span", {}, gist(reply))),
    content(message, view),
    el("span", { class: "meta" },
      iconButton("reply", `Reply to ${name}`, () => view.onReply(message), "reply"),
      message.edit_date && el("span", {}, "edited"),
      el("time", { datetime: new Date(message.date * 1000).toISOString() }, clock(message.date))),
  );
}

function topicOf(message, view) {
  const topics = view.store.chats.get(message.chat.id)?.topics ?? {};
  return message.is_topic_message ? topics[message.message_thread_id]?.name : null;
}

function content(message, view) {
  if (message.photo) return [picture(message), words(message.caption, message.caption_entities, view)];
  if (message.document) return [file(message.document), words(message.caption, message.caption_entities, view)];
  if (message.invoice) return invoice(message, view);
  if (message.sticker) return el("span", { class: "sticker" }, message.sticker.emoji);
  return words(message.text ?? "(a kind of message that this page does not draw)", message.entities, view);
}

function words(text, entities, view) {
  return text && el("div", { class: "text", dir: "auto" }, rich(text, entities, view.onCommand));
}

// With its size said beforehand a picture takes its room before it is loaded: nothing jumps.
function picture(message) {
  const largest = message.photo.at(-1);
  const url = fileUrl(largest.file_id);
  const scale = Math.min(1, TALLEST_PICTURE_PX / largest.height);
  const [width, height] = [largest.width, largest.height].map((side) => Math.round(side * scale));
  return el("a", { href: url, target: "_blank", class: "picture", "aria-label": "Open the picture" },
    el("img", { src: url, width, height, alt: message.caption || "Picture" }));
}

function file(document) {
  const name = document.file_name ?? "file";
  return el("a", { href: fileUrl(document.file_id), download: name, class: "file" },
    el("span", { class: "file-icon" }, icon("file")),
    el("span", { class: "file-name" }, el("b", {}, name), el("small", {}, size(document.file_size ?? 0))));
}

function invoice(message, view) {
  const { title, description, total_amount: total, currency } = message.invoice;
  const paid = view.store.paidFor(message.chat.id, message.message_id);
  return el("div", { class: "invoice" },
    el("span", { class: "invoice-head" }, el("b", {}, title), el("strong", {}, money(total, currency))),
    el("span", { class: "text", dir: "auto" }, description),
    paid.map((each) => el("span", { class: "paid" },
      `${view.store.nameOf(each.person_id)} paid ${money(each.charged_minor ?? each.amount_minor, each.currency)}`)));
}

function keyboard(message, view) {
  const rows = message.reply_markup.inline_keyboard.filter((row) => row.length);
  return el("div", { class: "keyboard", role: "group", "aria-label": "Buttons" },
    rows.map((row) => el("div", { class: "row" }, row.map((button) => key(button, message, view)))));
}

function key(button, message, view) {
  if (button.pay) return payKeys(message, view);
  const style = BUTTON_STYLES.includes(button.style) ? ` ${button.style}` : "";
  const outside = button.url ? el("span", { class: "outside", "aria-hidden": "true" }, "↗") : null;
  return el("button",
    { type: "button", class: `key${style}`, "data-key": button.callback_data, onclick: () => view.onTap(message, button) },
    el("span", { dir: "auto" }, button.text), outside);
}

function payKeys(message, view) {
  const { total_amount: total, currency } = message.invoice;
  const again = view.store.paidFor(message.chat.id, message.message_id).length ? " again" : "";
  const card = view.person ? ` · ${cardName(view.person.card)}` : "";
  return [
    el("button", { type: "button", class: again ? "key pay" : "key pay success", onclick: () => view.onPay(message) },
      `Pay ${money(total, currency)}${again}${card}`),
    iconButton("more", "Pay in another way", () => view.onPayOtherwise(message), "key narrow"),
  ];
}

function serviceLine(message, view) {
  const name = (user) => view.store.nameOf(user.id);
  const who = name(message.from);
  if (message.successful_payment) {
    const { total_amount: total, currency } = message.successful_payment;
    return `${who} paid ${money(total, currency)}`;
  }
  if (message.pinned_message) return `${who} pinned “${cut(gist(message.pinned_message))}”`;
  if (message.new_chat_members) return `${message.new_chat_members.map(name).join(", ")} joined`;
  if (message.left_chat_member) return `${name(message.left_chat_member)} left`;
  if (message.group_chat_created || message.supergroup_chat_created) return `${who} made the group`;
  if (message.migrate_to_chat_id) return "The group became a supergroup";
  if (message.migrate_from_chat_id) return "This supergroup was a group before";
  if (message.forum_topic_created) return `${who} made the topic “${message.forum_topic_created.name}”`;
  if (message.forum_topic_closed) return `${who} closed the topic “${topicOf(message, view)}”`;
  if (message.forum_topic_reopened) return `${who} opened the topic “${topicOf(message, view)}” again`;
  if (message.new_chat_title) return `${who} named the group “${message.new_chat_title}”`;
  return null;
}

function cut(text) {
  const letters = [...text];
  return letters.length > 40 ? `${letters.slice(0, 40).join("")}…` : text;
}

function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
