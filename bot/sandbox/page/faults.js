// Lets the curious break things on purpose.

import { get, post, remove } from "/page/api.js";
import { feet, openDialog } from "/page/dialogs.js";
import { el } from "/page/dom.js";

const CHOICES = [
  ["Telegram", [
    ["Flood limit (429)", "the bot's next call is told to come again in 3 seconds",
      { on: "*", kind: "status", status: 429, description: "Too Many Requests: retry after 3", retry_after: 3 }],
    ["Time-out", "the bot's next message is shown, but it never hears so", { on: "sendMessage", kind: "hang", effect: true }],
    ["Lost connection", "the bot's next message is not sent and the line goes dead", { on: "sendMessage", kind: "drop" }],
    ["Told twice", "the next update is delivered twice", { on: "update", kind: "repeat" }],
    ["Out of order", "the next update comes after the one that follows it", { on: "update", kind: "swap" }],
  ]],
  ["Payment provider", [
    ["Refund pending", "the next refund is taken in and stays open", { on: "provider.refund", kind: "pending" }],
    ["Refund refused", "the next refund fails: the card is gone", { on: "provider.refund", kind: "fail", code: "expired_or_canceled_card" }],
    ["Refund unknown", "the next refund is made, but the connection drops before the answer", { on: "provider.refund", kind: "drop", effect: true }],
    ["Provider down", "the next refund meets a 503", { on: "provider.refund", kind: "status", status: 503 }],
  ]],
];

export class Faults {
  constructor() {
    this.badge = document.getElementById("faults-badge");
    this.left = el("ul", { class: "faults-left", "aria-live": "polite" });
    document.getElementById("faults").addEventListener("click", () => this.#open());
  }

  /** Show how many faults are still to come. */
  show(faults) {
    const count = faults.reduce((sum, fault) => sum + fault.times, 0);
    this.badge.hidden = count === 0;
    this.badge.textContent = String(count);
    this.badge.setAttribute("aria-label", `${count} to come`);
    this.left.replaceChildren(...faults.map((fault) => el("li", {}, `${fault.on}: ${fault.kind}${fault.times > 1 ? ` × ${fault.times}` : ""}`)));
    if (!faults.length) this.left.append(el("li", { class: "none" }, "nothing"));
  }

  async refresh() {
    this.show(await get("faults"));
  }

  #open() {
    const groups = CHOICES.map(([heading, choices]) =>
      el("section", {}, el("h3", {}, heading), choices.map(([label, what, fault]) =>
        el("button", { type: "button", class: "fault", onclick: () => this.#add(fault) }, el("b", {}, label), el("small", {}, what)))));
    const dialog = openDialog("What shall go wrong next?", el("div", { class: "fault-choices" }, groups),
      el("h3", {}, "Still to come"), this.left,
      feet(["Forget all", () => this.#forget()], ["Done", () => dialog.close(), "primary"]));
    dialog.classList.add("wide");
  }

  async #add(fault) {
    await post("faults", fault);
    await this.refresh();
  }

  async #forget() {
    await remove("faults");
    await this.refresh();
  }
}
