// Turns a text and Telegram's entities into nodes. Offsets count UTF-16 units, as JavaScript's strings do.

import { el } from "/page/dom.js";

const PLAIN_TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code" };
const BLOCKS = ["pre", "blockquote", "expandable_blockquote"];
const LINK = /^(https?|tg|mailto|tel):/i;

/** The text with its entities; `onCommand` is called with a bot command that is pressed. */
export function rich(text, entities, onCommand) {
  const sorted = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return pieces(text, 0, text.length, sorted, onCommand);
}

function pieces(text, from, to, entities, onCommand) {
  const found = [];
  let at = from;
  for (let index = 0; index < entities.length; ) {
    const entity = entities[index];
    const end = Math.min(entity.offset + entity.length, to);
    if (entity.offset > at) found.push(text.slice(at, entity.offset));
    const rest = entities.slice(index + 1);
    const inside = rest.filter((each) => each.offset < end);
    const words = text.slice(entity.offset, end);
    found.push(wrapped(entity, words, pieces(text, entity.offset, end, inside, onCommand), onCommand));
    // A block ends its line by itself; the line feed behind it would show as an empty line.
    at = BLOCKS.includes(entity.type) && text[end] === "\n" && end < to ? end + 1 : end;
    index += 1 + inside.length;
  }
  if (at < to) found.push(text.slice(at, to));
  return found;
}

function wrapped(entity, words, children, onCommand) {
  switch (entity.type) {
    case "pre":
      return el("pre", {}, el("code", {}, children));
    case "blockquote":
      return el("blockquote", {}, children);
    case "expandable_blockquote":
      return longQuote(children);
    case "spoiler":
      return el("button", { type: "button", class: "spoiler", "aria-label": "Hidden text", onclick: reveal }, el("span", {}, children));
    case "bot_command":
      return el("button", { type: "button", class: "link", onclick: () => onCommand(words) }, children);
    case "text_link":
      return link(entity.url, children);
    case "url":
      return link(LINK.test(words) ? words : `https://${words}`, children);
    case "email":
      return link(`mailto:${words}`, children);
    case "phone_number":
      return link(`tel:${words}`, children);
    case "mention":
    case "text_mention":
    case "hashtag":
    case "cashtag":
      return el("span", { class: "mention" }, children);
    default:
      return el(PLAIN_TAGS[entity.type] ?? "span", {}, children);
  }
}

// An address of any other scheme (javascript:, data:) stays plain text.
function link(href, children) {
  if (!LINK.test(href)) return el("span", {}, children);
  return el("a", { href, target: "_blank", rel: "noopener noreferrer" }, children);
}

// Shows its first lines until it is opened.
function longQuote(children) {
  const words = el("div", { class: "clamped" }, children);
  const toggle = (event) => {
    const clamped = words.classList.toggle("clamped");
    event.currentTarget.textContent = clamped ? "More" : "Less";
  };
  return el("blockquote", {}, words, el("button", { type: "button", class: "link", onclick: toggle }, "More"));
}

function reveal(event) {
  event.currentTarget.replaceWith(...event.currentTarget.firstChild.childNodes);
}
