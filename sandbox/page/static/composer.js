// Where the person types: text, files with a preview, replying, editing, the bot's keyboard and commands.

import { attempt, h, icon, notice } from "./dom.js";
import * as telegram from "./telegram.js";
import { fileSize, t } from "./texts.js";

const ALBUM = 10;

export class Composer {
  /** `where()` gives {phone, chat, data} of the open chat; `openMenu(items, element)` shows a menu. */
  constructor(where, openMenu) {
    this.where = where;
    this.openMenu = openMenu;
    this.root = h("div.type");
    this.drafts = new Map();
    this.reset();
  }

  reset() {
    Object.assign(this, { files: [], replying: null, editing: null, asFile: false });
  }

  reply(message) {
    Object.assign(this, { replying: message, editing: null });
    this.draw();
    this.input?.focus();
  }

  edit(message) {
    Object.assign(this, { editing: message, replying: null });
    this.#keep(message.text);
    this.draw();
    this.input?.focus();
  }

  draw() {
    const { chat, data } = this.where();
    if (!chat.group && data.blocked) this.root.replaceChildren(this.#big("unblock", () => telegram.block(this.where().phone, false)));
    else if (!chat.group && !data.started) this.root.replaceChildren(this.#big("start", () => telegram.start(this.where().phone, "")));
    else this.#drawLine(data);
  }

  #big(label, act) {
    return h("button.big-key", { type: "button", onclick: () => attempt(act) }, t(label));
  }

  #drawLine(data) {
    const had = document.activeElement === this.input;
    this.input = h("textarea", { rows: "1", placeholder: t("write"), "aria-label": t("write"), value: this.drafts.get(this.#key()) ?? "",
      oninput: () => { this.#keep(this.input.value); this.#grow(); }, onkeydown: (event) => this.#key_(event), onpaste: (event) => this.#paste(event) });
    const chooser = h("input", { type: "file", multiple: true, hidden: true, "aria-label": t("attach"), onchange: () => { this.add([...chooser.files]); chooser.value = ""; } });
    this.root.replaceChildren(...[
      this.#context(), this.#picked(),
      h("div.type-row", {},
        !this.where().chat.group && h("button.menu-key", { type: "button", onclick: (event) => this.#commands(event.currentTarget) }, t("menu")),
        h("button.plain", { type: "button", "aria-label": t("attach"), title: t("attach"), onclick: () => chooser.click() }, icon("clip")), chooser, this.input,
        h("button.plain", { type: "button", "aria-label": t("send"), title: t("send"), onclick: () => this.send() }, icon("send"))),
      data.keyboard.length > 0 && h("div.own-keys", {}, ...data.keyboard.map((row) => h("div", {}, ...row.map((label) =>
        h("button", { type: "button", onclick: () => attempt(() => telegram.press(this.where().phone, this.where().chat, label)) }, label))))),
    ].filter(Boolean));
    this.#grow();
    if (had) this.input.focus();
  }

  #context() {
    const message = this.editing ?? this.replying;
    if (!message) return null;
    const cancel = () => { if (this.editing) this.#keep(""); Object.assign(this, { editing: null, replying: null }); this.draw(); };
    return h("div.quoted", {}, h("span", {}, h("b", {}, t(this.editing ? "editing" : "replyTo")), h("i", {}, message.text || message.file?.name || t("file"))),
      h("button.plain", { type: "button", "aria-label": t("cancel"), onclick: cancel }, icon("close")));
  }

  #picked() {
    if (!this.files.length) return null;
    const pictures = this.files.every((file) => file.type.startsWith("image/"));
    return h("div.picked", {}, ...this.files.map((file, index) => h("figure", {}, preview(file), h("figcaption", { title: `${file.name}, ${fileSize(file.size)}` }, file.name),
      h("button", { type: "button", "aria-label": `${t("remove")}: ${file.name}`, onclick: () => { this.files.splice(index, 1); this.draw(); } }, "×"))),
    pictures && h("label", {}, h("input", { type: "checkbox", checked: this.asFile, onchange: (event) => { this.asFile = event.target.checked; } }), t("asFile")));
  }

  add(files) {
    if (this.files.length + files.length > ALBUM) notice(t("albumLimit"));
    this.files = [...this.files, ...files].slice(0, ALBUM);
    this.draw();
    this.input?.focus();
  }

  async send() {
    const { phone, chat } = this.where();
    const text = this.input.value.trim();
    const { files, replying, editing } = this;
    if (!text && !files.length) return;
    const sent = await attempt(async () => {
      if (editing) await telegram.edit(phone, chat, editing.id, text);
      else if (files.length) await this.#sendFiles(phone, chat, files, text);
      else await telegram.say(phone, chat, text, replying?.id);
      return true;
    });
    if (!sent) return;
    this.#keep("");
    this.reset();
    this.draw();
    this.input?.focus();
  }

  /** Photos go as photos unless asked otherwise; mixed with other files Telegram makes two albums of them. */
  async #sendFiles(phone, chat, files, caption) {
    const photos = this.asFile ? [] : files.filter((file) => /^image\/(png|jpeg|webp)$/.test(file.type));
    const others = files.filter((file) => !photos.includes(file));
    if (photos.length) await telegram.files(phone, chat, photos, "photo", others.length ? "" : caption);
    if (others.length) await telegram.files(phone, chat, others, "document", caption);
  }

  async #commands(element) {
    const list = await attempt(() => telegram.commands(this.where().phone));
    if (!list) return;
    const items = list.map(({ command, description }) => ({ label: `/${command}  ${description}`, act: () => telegram.say(this.where().phone, this.where().chat, `/${command}`) }));
    this.openMenu(items.length ? items : [{ label: "/start", act: () => telegram.start(this.where().phone, "") }], element);
  }

  #key_(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  }

  #paste(event) {
    if (event.clipboardData.files.length) this.add([...event.clipboardData.files]);
  }

  #key() {
    const { phone, chat } = this.where();
    return `${phone}/${chat.group ?? ""}/${chat.topic ?? ""}`;
  }

  #keep(text) {
    this.drafts.set(this.#key(), text);
  }

  #grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight + 2, 130)}px`;
  }
}

function preview(file) {
  if (!file.type.startsWith("image/")) return h("span.paper", {}, icon("doc"));
  const url = URL.createObjectURL(file);
  return h("img", { src: url, alt: file.name, onload: () => URL.revokeObjectURL(url) });
}
