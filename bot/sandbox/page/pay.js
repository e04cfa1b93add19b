// Plays the payment form: asks the sandbox to charge somebody's card and shows how that went.

import { post } from "/page/api.js";
import { feet, field, openDialog, openForm } from "/page/dialogs.js";
import { el } from "/page/dom.js";
import { cardName, money } from "/page/money.js";

const OUTCOMES = {
  paid: ["good", "Paid", () => "The bot has been told."],
  held: ["good", "Charged, and the bot is not told yet", () => "“Deliver” in the provider's drawer sends the news."],
  refused: ["bad", "The bot refused this payment", (payment) => payment.error_message],
  declined: ["bad", "The card was declined", () => "Nothing was charged; the bot hears nothing of it."],
  timed_out: ["bad", "The bot did not answer in time", () => "Telegram waits 10 seconds, then gives up. Nothing was charged."],
};

/** Pay an invoice; `wishes` are what the sandbox's `pay` takes beside the payer. */
export async function pay(message, person, store, wishes = {}) {
  const { title, total_amount: total, currency } = message.invoice;
  const outcome = el("div", { class: "outcome", role: "status" }, el("p", { class: "waiting" }, `Asking ${store.bot.first_name}…`));
  const dialog = openDialog(title,
    el("p", { class: "sum" }, money(wishes.amount_minor ?? total, currency)),
    el("p", { class: "card-line" }, `${cardName(person.card)} of ${person.first_name}`),
    outcome);
  const body = { from: person.id, message_id: message.message_id, ...wishes };
  try {
    const payment = await post(`chats/${message.chat.id}/pay`, body);
    const [mood, heading, detail] = OUTCOMES[payment.status] ?? ["bad", payment.status, () => ""];
    outcome.replaceChildren(el("p", { class: mood }, heading), el("p", {}, detail(payment) ?? ""));
  } catch (error) {
    outcome.replaceChildren(el("p", { class: "bad" }, "Not possible"), el("p", {}, error.message));
  }
  dialog.append(feet(["OK", () => dialog.close(), "primary"]));
  dialog.querySelector(".feet button").focus();
}

/** Ask how the payment shall depart from the plain way, then pay. */
export function payOtherwise(message, person, store) {
  const how = el("select", { name: "how" },
    el("option", { value: "declined" }, "the card is declined"),
    el("option", { value: "hold" }, "charged, but the bot is told later"),
    el("option", { value: "amount_minor" }, "over another amount (a forged invoice)"),
    el("option", { value: "charged_minor" }, "another amount is charged than was agreed"));
  const amount = el("input", { name: "amount", type: "number", min: "1", step: "1", value: message.invoice.total_amount });
  const fields = [field("What happens", how), field(`That other amount, in minor units of ${message.invoice.currency}`, amount)];
  openForm("Pay in another way", fields, "Pay", (given) => {
    const wish = given.get("how");
    const value = wish.endsWith("_minor") ? Number(given.get("amount")) : true;
    pay(message, person, store, { [wish]: value });
  });
}
