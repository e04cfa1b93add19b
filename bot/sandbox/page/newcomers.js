// Lets more people and groups into the sandbox.

import { post } from "/page/api.js";
import { field, openForm } from "/page/dialogs.js";
import { el } from "/page/dom.js";

const LANGUAGES = ["en", "ru", "uk", "de", "es", "fr", "it", "pt", "tr", "ar", "fa", "hi", "id", "vi", "th", "ja", "ko", "zh-hans"];

/** Ask for a person's name and language. */
export function addPerson(columns) {
  const name = el("input", { name: "first_name", required: true, maxlength: "64", autocomplete: "off" });
  const language = el("input", { name: "language_code", list: "languages", value: "en", maxlength: "10", autocomplete: "off" });
  const known = el("datalist", { id: "languages" }, LANGUAGES.map((code) => el("option", { value: code })));
  openForm("Add a person", [field("First name", name), field("Language of the phone", language), known], "Add", async (given) => {
    const person = await post("people", { first_name: given.get("first_name"), language_code: given.get("language_code") || "en" });
    columns.choose(person.id, true);
    columns.goTo(person.id);
  });
}

/** Ask for a group's title and members; the first chosen one owns it. */
export function addGroup(store, columns) {
  const people = [...store.people.values()].map((person) =>
    el("label", { class: "choice" }, el("input", { type: "checkbox", name: "member", value: person.id }), el("span", {}, person.first_name)));
  const title = el("input", { name: "title", required: true, maxlength: "128", autocomplete: "off" });
  const fields = [field("Title", title), el("fieldset", {}, el("legend", {}, "Members; the first owns the group"), people)];
  openForm("Add a group", fields, "Add", async (given) => {
    const members = given.getAll("member").map(Number);
    if (!members.length) throw new Error("A group needs at least one member.");
    const group = await post("groups", { title: given.get("title"), members });
    columns.choose(group.id, true);
    columns.goTo(group.id);
  });
}
