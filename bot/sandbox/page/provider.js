// The drawer that shows cards as the payment provider sees them: charged, refunded, disputed.

import { post } from "/page/api.js";
import { el, iconButton, onceAFrame } from "/page/dom.js";
import { cardName, money } from "/page/money.js";

const FAILED_TRIES = { refused: "refused by the bot", declined: "card declined", timed_out: "no answer from the bot" };

export class Provider {
  constructor(store) {
    this.store = store;
    this.node = document.getElementById("provider");
    this.toggle = document.getElementById("provider-toggle");
    this.problem = el("p", { class: "problem", role: "alert" });
    this.refresh = onceAFrame(() => this.#draw());
    this.toggle.addEventListener("click", () => this.open(this.node.hidden));
  }

  /** Open or close the drawer. */
  open(isOpen) {
    this.node.hidden = !isOpen;
    this.toggle.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.#draw();
  }

  #draw() {
    if (this.node.hidden) return;
    const charges = [...this.store.charges.values()].reverse();
    const scrolled = this.node.scrollTop;
    this.node.replaceChildren(
      el("header", { class: "head" }, el("div", { class: "names" }, el("h2", {}, "Payment provider"), el("p", {}, this.#sums(charges))),
        iconButton("close", "Close the provider's drawer", () => this.open(false))),
      this.problem,
      ...this.#tries(),
      ...charges.map((charge) => this.#charge(charge)));
    if (!charges.length) this.node.append(el("p", { class: "empty" }, "No card has been charged yet."));
    this.node.scrollTop = scrolled;
  }

  #sums(charges) {
    const left = new Map();
    for (const { amount, refunded, currency } of charges) left.set(currency, (left.get(currency) ?? 0) + amount - refunded);
    return [...left].map(([currency, sum]) => `holds ${money(sum, currency)}`).join(", ") || "holds nothing";
  }

  // Held payments wait for somebody to deliver the news; of those that failed the last few are enough.
  #tries() {
    const all = [...this.store.payments.values()].reverse();
    const held = all.filter((payment) => payment.status === "held");
    const failed = all.filter((payment) => payment.status in FAILED_TRIES).slice(0, 3);
    return [
      ...held.map((payment) => this.#try(payment, "charged, bot not told", ["Deliver", `payments/${payment.id}/release`])),
      ...failed.map((payment) => this.#try(payment, FAILED_TRIES[payment.status])),
    ];
  }

  #try(payment, what, deed) {
    return el("div", { class: "try" },
      el("span", {}, `${this.store.nameOf(payment.person_id)}: ${money(payment.amount_minor, payment.currency)}, ${what}`),
      deed && this.#button(...deed));
  }

  #charge(charge) {
    const holder = this.store.holderOf(charge.card)?.first_name ?? "somebody";
    const refunds = [...this.store.refunds.values()].filter((refund) => refund.charge === charge.id);
    const disputes = [...this.store.disputes.values()].filter((dispute) => dispute.charge === charge.id);
    const refunded = charge.refunded ? `, refunded ${money(charge.refunded, charge.currency)}` : "";
    return el("article", { class: "charge" },
      el("h3", {}, `${cardName(charge.card)} of ${holder}`),
      el("p", {}, `paid ${money(charge.amount, charge.currency)}${refunded}`),
      el("ul", {}, refunds.map((refund) => this.#refund(refund)), disputes.map((dispute) => this.#dispute(dispute, charge))),
      el("details", {}, el("summary", {}, charge.id),
        el("p", {}, `Telegram's charge: ${charge.reference}`), el("p", {}, `Invoice payload: ${charge.payload}`),
        charge.amount > charge.refunded && this.#button("Dispute this charge", "disputes", { charge: charge.id }, "danger")));
  }

  #refund(refund) {
    const words = { succeeded: "done", pending: "pending", failed: `failed (${refund.failure_code})` };
    const settle = (label, status) => this.#button(label, `refunds/${refund.id}/settle`, { status });
    return el("li", { class: refund.status },
      el("span", {}, `Refund ${money(refund.amount, refund.currency)}: ${words[refund.status] ?? refund.status}`),
      refund.status === "pending" && el("span", { class: "deeds" }, settle("Do it", "succeeded"), settle("Refuse", "failed")));
  }

  #dispute(dispute, charge) {
    const close = (label, won) => this.#button(label, `disputes/${dispute.id}/close`, { won });
    return el("li", { class: "disputed" },
      el("span", {}, `Dispute ${money(dispute.amount, charge.currency)}: ${dispute.status}`),
      dispute.status === "open" && el("span", { class: "deeds" }, close("Merchant wins", true), close("Cardholder wins", false)));
  }

  #button(label, path, body = {}, className = "plain") {
    const act = async () => {
      try {
        this.problem.textContent = "";
        await post(path, body);
      } catch (error) {
        this.problem.textContent = error.message;
      }
    };
    return el("button", { type: "button", class: `small ${className}`, onclick: act }, label);
  }
}
