// The telephone: who holds it, which chat is open, and keeping the conversation as it is at this moment.

import { bubble, grouped } from "./bubble.js";
import { Composer } from "./composer.js";
import { arrows, attempt, avatar, h, icon, notice } from "./dom.js";
import * as telegram from "./telegram.js";
import { clock, dayName, t } from "./texts.js";

const PRIVATE = { group: null, topic: null };
const TYPING_SECONDS = 5;
const BATTERY = '<svg viewBox="0 0 46 12"><path d="M0 9h3v3H0zM5 6h3v6H5zM10 3h3v9h-3zM15 0h3v12h-3z"/><rect x="24.5" y=".5" width="18" height="11" rx="3" fill="none" stroke="currentColor"/><rect x="26" y="2" width="13" height="8" rx="1.6"/><path d="M44 4h1.6v4H44z"/></svg>';

export class PhonePanel {
  constructor(root, world, showPanel) {
    Object.assign(this, { root, world, showPanel, phone: "", chat: PRIVATE, state: { bots: [], phones: [], groups: [] }, listing: false });
    this.messages = new Map();
    this.data = { keyboard: [], started: false, blocked: false };
    this.missed = new Map();
    this.filling = null;
    this.composer = new Composer(() => ({ phone: this.phone, chat: this.chat, data: this.data }), (items, element) => this.#menu(items, element));
  }

  get unread() {
    return [...this.missed.values()].reduce((sum, count) => sum + count, 0);
  }

  async load() {
    this.state = await telegram.state();
    if (!this.#holders().some((holder) => holder.username === this.phone)) this.phone = this.#holders()[0]?.username ?? "";
    await this.#fill();
    this.draw();
  }

  /** Follow a deep link on this person's telephone. */
  async open(person, payload) {
    await this.#pick(this.#holders().find((holder) => holder.user_id === person.user_id).username);
    await telegram.start(this.phone, payload);
    await this.#fill();
    this.draw();
  }

  heard(event) {
    if (event.kind === "reset" || event.kind === "group" || event.kind === "person" || event.kind === "topic") return void attempt(() => this.load());
    if (!this.#isOpen(event)) return this.#count(event);
    switch (event.kind) {
      case "message": case "edited": case "deleted": case "reaction":
        this.#put(event.message, event.kind);
        break;
      case "toast":
        this.#toast(event.toast);
        break;
      case "action":
        this.#typing();
        break;
      case "keyboard":
        this.data.keyboard = event.keyboard;
        this.composer.draw();
        break;
      case "blocked": case "unblocked":
        attempt(() => this.load());
    }
  }

  draw() {
    this.root.replaceChildren(this.#holderList(), this.phone ? h("div.case", {}, this.#screen()) : h("p.empty", {}, t("noPhone")));
    this.root.querySelector(".holder[aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (this.phone && !this.listing) {
      this.#drawLog();
      this.composer.draw();
    }
  }

  // who holds the phone

  #holders() {
    return this.world.people.flatMap((person) => {
      const phone = this.state.phones.find((one) => one.user_id === person.user_id);
      return phone ? [{ ...phone, name: person.name }] : [];
    });
  }

  #holderList() {
    return arrows(h("div.holders", { role: "tablist", "aria-label": t("phoneOf") }, ...this.#holders().map((holder) => {
      const count = this.missed.get(holder.username);
      return h("button.holder", { type: "button", role: "tab", "aria-selected": String(holder.username === this.phone), tabindex: holder.username === this.phone ? "0" : "-1",
        onclick: () => attempt(() => this.#pick(holder.username).then(() => this.draw())) }, avatar(holder.name), this.#shortName(holder), count > 0 && h("span.badge", {}, String(count)));
    })));
  }

  /** First names where they tell people apart. */
  #shortName(holder) {
    const first = (one) => one.name.split(" ")[0];
    return this.#holders().filter((one) => first(one) === first(holder)).length > 1 ? holder.name : first(holder);
  }

  async #pick(username) {
    if (username !== this.phone || this.chat !== PRIVATE) this.composer.reset();
    Object.assign(this, { phone: username, chat: PRIVATE, listing: false });
    this.missed.delete(username);
    await this.#fill();
  }

  #count(event) {
    if (event.kind !== "message" || !event.phone || event.message.sender === "me" || event.message.silent) return;
    this.missed.set(event.phone, (this.missed.get(event.phone) ?? 0) + 1);
    this.root.querySelector(".holders")?.replaceWith(this.#holderList());
  }

  #isOpen(event) {
    return this.chat.group ? event.chat === String(this.chat.group) : event.phone === this.phone;
  }

  // the screen

  /** The screen anew; what floats over the old one floats on. */
  #screen() {
    const floating = this.screen?.querySelectorAll(":scope > .toast, :scope > .shade") ?? [];
    this.screen = h("div.telegram", {}, h("div.clock", { "aria-hidden": "true" }, h("span", {}, clock(new Date())), h("span", { html: BATTERY })), this.#head());
    if (this.listing) this.screen.append(this.#chatList());
    else {
      this.log = h("div.log", { role: "log", "aria-live": "polite", tabindex: "0", "aria-label": this.#title(),
        ondragover: (event) => event.preventDefault(), ondrop: (event) => { event.preventDefault(); this.composer.add([...event.dataTransfer.files]); } });
      this.screen.append(this.log, this.composer.root);
    }
    this.screen.append(...floating);
    return this.screen;
  }

  #title() {
    const group = this.state.groups.find((one) => one.id === this.chat.group);
    if (group) return [group.title, group.topics.find((topic) => topic.thread_id === this.chat.topic)?.name].filter(Boolean).join(" · ");
    return this.#bot()?.name ?? "Telegram";
  }

  #bot() {
    return this.state.bots.find((bot) => bot.username === this.world.bot) ?? this.state.bots[0];
  }

  #groups() {
    return this.state.groups.filter((group) => group.members.includes(this.phone));
  }

  #head() {
    if (this.listing) return h("div.chat-head", {}, h("div", { style: "text-align:center" }, h("b", {}, t("chats"))));
    const more = h("button.plain", { type: "button", "aria-label": t("menuMore"), onclick: (event) => this.#chatMenu(event.currentTarget) }, icon("more"));
    const back = h("button.plain", { type: "button", "aria-label": t("chats"), onclick: () => { this.listing = true; this.draw(); } }, icon("back"));
    this.subtitle = h("small", {}, t(this.chat.group ? "group" : "bot"));
    return h("div.chat-head", {}, this.#groups().length > 0 ? back : h("span", { style: "width:8px" }), avatar(this.#title()), h("div", {}, h("b", {}, this.#title()), this.subtitle), more);
  }

  #chatList() {
    const entry = (title, note, chat) => h("button", { type: "button", onclick: () => attempt(() => this.#enter(chat)) }, avatar(title), h("span", {}, h("b", {}, title), h("small", {}, note)));
    const groups = this.#groups().flatMap((group) => [
      entry(group.title, t("group"), { group: group.id, topic: null }),
      ...group.topics.map((topic) => entry(topic.name, group.title, { group: group.id, topic: topic.thread_id })),
    ]);
    return h("div.chats", {}, entry(this.#bot()?.name ?? "Telegram", t("bot"), PRIVATE), ...groups);
  }

  async #enter(chat) {
    Object.assign(this, { chat, listing: false });
    this.composer.reset();
    await this.#fill();
    this.draw();
  }

  #chatMenu(element) {
    const items = [{ label: t("shareContact"), act: () => telegram.contact(this.phone) }];
    if (!this.chat.group) items.push({ label: t(this.data.blocked ? "unblock" : "block"), danger: !this.data.blocked, act: () => telegram.block(this.phone, !this.data.blocked) });
    this.#menu(items, element);
  }

  // the conversation

  /** The conversation anew. What is heard while it is on its way is newer than what comes; of two at once the later counts. */
  async #fill() {
    if (!this.phone) return;
    const filling = (this.filling = { heard: [] });
    const data = await telegram.messages(this.phone, this.chat);
    if (filling !== this.filling) return;
    Object.assign(this, { data, messages: new Map(), filling: null });
    for (const message of [...data.messages, ...filling.heard]) this.#keep(message);
  }

  /** Keeps the newest revision of a message; false when that is known already. */
  #keep(message) {
    const known = this.messages.get(message.id);
    if (known && known.revision > message.revision) return false;
    if (message.deleted) this.messages.delete(message.id);
    else this.messages.set(message.id, message);
    return true;
  }

  #put(message, kind) {
    this.filling?.heard.push(message);
    if (!this.#keep(message)) return;
    if (!this.data.started && message.sender === "me") attempt(() => this.load());
    if (message.sender === "bot") this.#quiet();
    clearTimeout(this.waiting);
    this.changed = { id: message.id, kind };
    this.#drawLog();
  }

  #shown() {
    return [...this.messages.values()].filter((one) => !this.chat.topic || one.topic === this.chat.topic).sort((a, b) => a.id - b.id);
  }

  #drawLog() {
    if (!this.log || this.listing) return;
    const bottom = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 120;
    const focused = this.log.contains(document.activeElement) ? document.activeElement.closest("[data-id]")?.dataset.id : null;
    const rows = [];
    let day = "";
    for (const group of grouped(this.#shown())) {
      const name = dayName(new Date(group[0].date * 1000));
      if (name !== day) rows.push(h("div.day", {}, (day = name)));
      rows.push(group[0].service ? h("div.service", {}, t(group[0].service)) : this.#bubble(group));
    }
    this.log.replaceChildren(...(rows.length ? rows : [this.#welcome()]));
    if (focused) this.log.querySelector(`[data-id="${focused}"] button`)?.focus({ preventScroll: true });
    if (bottom || this.changed?.kind !== "edited") this.#toBottom();
    this.changed = null;
  }

  /** Pictures that load later push the rest down; stay at the end until the person scrolls. */
  #toBottom() {
    const { log } = this;
    const stay = () => { log.scrollTop = log.scrollHeight; };
    stay();
    for (const picture of log.querySelectorAll("img")) if (!picture.complete) picture.addEventListener("load", stay, { once: true });
  }

  #bubble(group) {
    const element = bubble(group, {
      tap: (message, button, key) => this.#tap(message, button, key),
      menu: (message, key) => this.#messageMenu(message, key),
      jump: (id) => this.log.querySelector(`[data-id="${id}"]`)?.scrollIntoView({ block: "center", behavior: "smooth" }),
      link: (url) => this.#follow(url),
      copy: (text) => this.#copy(text),
    });
    if (group.some((one) => one.id === this.changed?.id)) element.classList.add(this.changed.kind === "message" ? "fresh" : "changed");
    return element;
  }

  #welcome() {
    const bot = this.#bot();
    const about = bot?.description ?? {};
    const holder = this.#holders().find((one) => one.username === this.phone);
    return h("div.welcome", {}, avatar(bot?.name ?? "?"), h("b", {}, bot?.name ?? ""), h("p", {}, about[holder?.language_code] || about[""] || t("welcome")));
  }

  async #tap(message, button, key) {
    if (button.kind === "url") return this.#follow(button.url);
    if (button.kind === "copy_text") return this.#copy(button.copy);
    key.classList.add("waiting");
    await attempt(() => telegram.tap(this.phone, this.chat, message.id, button.data));
    this.waiting = setTimeout(() => key.classList.remove("waiting"), 8000);
    return undefined;
  }

  #messageMenu(message, element) {
    const items = [{ label: t("reply"), act: () => this.composer.reply(message) }];
    if (message.sender === "me" && message.text) items.push({ label: t("edit"), act: () => this.composer.edit(message) });
    if (message.text) items.push({ label: t("copy"), act: () => this.#copy(message.text) });
    if (message.sender === "me") items.push({ label: t("remove"), danger: true, act: () => telegram.remove(this.phone, this.chat, message.id) });
    this.#menu(items, element);
  }

  async #follow(url) {
    const target = new URL(url, "https://t.me/");
    if (target.host === "t.me" && target.searchParams.has("start")) await attempt(() => telegram.start(this.phone, target.searchParams.get("start")));
    else notice(`${t("opensLink")} ${url}`);
  }

  async #copy(text) {
    await attempt(() => navigator.clipboard.writeText(text));
    this.#toast({ text: t("copied"), alert: false });
  }

  // what floats over it

  #toast(toast) {
    for (const key of this.log?.querySelectorAll(".waiting") ?? []) key.classList.remove("waiting");
    if (!toast.text) return;
    if (toast.alert) return this.#alert(toast.text);
    const shown = h("div.toast", { role: "status" }, toast.text);
    this.screen.append(shown);
    setTimeout(() => shown.remove(), 3500);
  }

  #alert(text) {
    const before = document.activeElement;
    const close = () => { shade.remove(); before?.focus?.(); };
    const shade = h("div.shade", { onkeydown: (event) => event.key === "Escape" && close() },
      h("div.alert", { role: "alertdialog", "aria-modal": "true", "aria-label": text }, h("p", {}, text), h("div", {}, h("button", { type: "button", onclick: close }, t("ok")))));
    this.screen.append(shade);
    shade.querySelector("button").focus();
  }

  #typing() {
    if (!this.subtitle) return;
    this.subtitle.textContent = t("typing");
    this.subtitle.classList.add("typing");
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.#quiet(), TYPING_SECONDS * 1000);
  }

  #quiet() {
    if (!this.subtitle) return;
    this.subtitle.textContent = t(this.chat.group ? "group" : "bot");
    this.subtitle.classList.remove("typing");
  }

  #menu(items, element) {
    this.screen.querySelector(".menu")?.remove();
    const close = (event) => {
      if (event?.type === "keydown" && event.key !== "Escape") return;
      menu.remove();
      document.removeEventListener("pointerdown", outside, true);
      element.focus?.();
    };
    const outside = (event) => menu.contains(event.target) || close();
    const menu = h("div.menu", { role: "menu", onkeydown: close }, ...items.map((item) =>
      h(item.danger ? "button.danger" : "button", { type: "button", role: "menuitem", onclick: () => { close(); attempt(async () => item.act()); } }, item.label)));
    this.screen.append(menu);
    place(menu, element, this.screen);
    document.addEventListener("pointerdown", outside, true);
    menu.querySelector("button").focus();
  }
}

function place(menu, element, screen) {
  const [around, target] = [screen.getBoundingClientRect(), element.getBoundingClientRect()];
  const below = target.bottom - around.top + 4;
  const fits = below + menu.offsetHeight < around.height - 8;
  menu.style.top = `${fits ? below : Math.max(8, target.top - around.top - menu.offsetHeight - 4)}px`;
  menu.style.left = `${Math.max(8, Math.min(target.left - around.left, around.width - menu.offsetWidth - 8))}px`;
}
