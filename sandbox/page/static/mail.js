// The mailboxes: choosing one, its list, reading a mail, answering and writing.

import { arrows, attempt, avatar, getJson, h, icon, notice, post } from "./dom.js";
import { filePicker } from "./files.js";
import { mailFrame } from "./mailframe.js";
import { clock, dayName, fileSize, longTime, t, words } from "./texts.js";

const STYLES = [["gmail", "Gmail"], ["outlook", "Outlook"], ["apple", "Apple Mail"], ["iphone", "iPhone"], ["plain", null]];
const NAMES = { INBOX: "inbox", Sent: "sent" };

export class MailPanel {
  constructor(root, world, openDeepLink) {
    this.root = root;
    this.world = world;
    this.openDeepLink = openDeepLink;
    this.boxes = [];
    this.address = "";
    this.folder = "INBOX";
    this.contents = { folders: [], mails: [] };
    this.mail = null;
    this.view = "html";
    this.writing = null;
  }

  get unread() {
    return this.boxes.reduce((sum, box) => sum + box.unread, 0);
  }

  async load() {
    this.boxes = await getJson("/api/mail");
    if (!this.boxes.some((box) => box.address === this.address)) this.address = this.#people()[0]?.address ?? "";
    await this.#fill();
    this.draw();
  }

  async arrived({ mailbox }) {
    this.boxes = await getJson("/api/mail");
    if (mailbox === this.address) await this.#fill();
    this.#drawBoxes();
    this.#drawList();
    if (!this.mail && !this.writing) this.#drawReader();
  }

  async choose(address) {
    if (address !== this.address) Object.assign(this, { address, folder: "INBOX", mail: null, writing: null });
    await this.#fill();
    this.draw();
  }

  draw() {
    this.boxList = arrows(h("div.boxes", { role: "tablist", "aria-label": t("mail") }));
    this.head = h("div.box-head");
    this.list = h("ul.mails");
    this.reader = h("div.reader");
    this.root.replaceChildren(this.boxList, this.head, this.list, this.reader);
    this.#drawBoxes();
    this.#drawList();
    this.#drawReader();
  }

  /** Mailboxes in the order of the people, with names from their cards; a mailbox without a person is not shown. */
  #people() {
    return this.world.people.flatMap((person) => {
      const box = this.boxes.find((one) => one.address === person.mailbox);
      return box ? [{ ...box, name: person.name, role: words(person.role) }] : [];
    });
  }

  async #fill() {
    if (!this.address) return;
    this.contents = await getJson(`/api/mail/${encodeURIComponent(this.address)}?folder=${encodeURIComponent(this.folder)}`);
  }

  #drawBoxes() {
    this.boxList?.replaceChildren(...this.#people().map((box) =>
      h("button.box", {
        type: "button", role: "tab", "aria-selected": String(box.address === this.address), tabindex: box.address === this.address ? "0" : "-1",
        onclick: () => attempt(() => this.choose(box.address)),
      }, avatar(box.name), h("span", {}, h("b", {}, box.name), h("small", {}, box.role)),
      box.unread > 0 && h("span.badge", { "aria-label": `${box.unread} ${t("unread")}` }, String(box.unread)))));
  }

  #drawList() {
    if (!this.list) return;
    const folders = h("select.input", { "aria-label": t("folder"), onchange: (event) => this.#openFolder(event.target.value) },
      ...this.contents.folders.map((name) => h("option", { value: name, selected: name === this.folder }, NAMES[name] ? t(NAMES[name]) : name)));
    this.head.replaceChildren(folders, h("code", {}, this.address), h("button.button", { type: "button", onclick: () => this.#write({}) }, icon("edit"), t("newMail")));
    const lines = this.contents.mails.map((mail) => this.#line(mail));
    this.list.replaceChildren(...(lines.length ? lines : [h("li.empty", {}, t("noMails"))]));
    this.list.classList.toggle("alone", !this.mail && !this.writing);
    this.root.classList.toggle("reading", Boolean(this.mail || this.writing));
  }

  #line(mail) {
    const moment = new Date(mail.at);
    const today = dayName(moment) === t("today");
    const who = this.folder === "Sent" ? mail.to.join(", ") : mail.sender_name || mail.sender;
    return h("li", {}, h(mail.unread ? "button.mail-line.unread" : "button.mail-line", {
      type: "button", "aria-current": String(mail.id === this.mail?.id), onclick: () => attempt(() => this.#read(mail.id)),
    }, h("span.dot", { title: mail.unread ? t("unread") : null }), h("span.who", {}, who),
    h("span.what", {}, h("b", {}, mail.subject || "–"), " ", h("span", {}, mail.preview)),
    h("time", {}, mail.files > 0 && icon("clip"), today ? clock(moment) : dayName(moment))));
  }

  async #openFolder(name) {
    Object.assign(this, { folder: name, mail: null, writing: null });
    await attempt(() => this.#fill());
    this.draw();
  }

  async #read(id) {
    const path = `/api/mail/${encodeURIComponent(this.address)}/${id}`;
    this.mail = await getJson(path);
    this.writing = null;
    this.view = this.mail.html ? "html" : "text";
    await post(`${path}/read`);
    this.boxes = await getJson("/api/mail");
    await this.#fill();
    this.#drawBoxes();
    this.#drawList();
    this.#drawReader();
  }

  #drawReader() {
    if (this.writing) this.reader.replaceChildren(this.#compose());
    else if (this.mail) this.reader.replaceChildren(...this.#mail(this.mail));
    else this.reader.replaceChildren(this.contents.mails.length ? h("p.empty", {}, t("choose")) : "");
    this.reader.hidden = !this.writing && !this.mail;
  }

  #mail(mail) {
    const sender = mail.sender_name || mail.sender;
    return [
      h("div.reader-head", {}, h("h3", {}, mail.subject || "–"), avatar(sender),
        h("div.from", {}, h("b", {}, sender), " ", mail.sender_name && h("span", {}, `<${mail.sender}>`), h("br"), h("span", {}, `${t("to")}: ${mail.to.join(", ")}`)),
        h("time", {}, longTime(new Date(mail.at)))),
      mail.forged && h("p.warning", { role: "alert" }, t("forged")),
      this.#tabs(),
      this.#content(mail),
      mail.attachments.length > 0 && h("div.files", {}, ...mail.attachments.map((file, index) => this.#file(file, index))),
    ].filter(Boolean);
  }

  #tabs() {
    const tabs = ["html", "text", "headers"].map((name) =>
      h("button.tab", { type: "button", role: "tab", "aria-selected": String(this.view === name), tabindex: this.view === name ? "0" : "-1",
        onclick: () => { this.view = name; this.#drawReader(); this.reader.querySelector("[role=tab][aria-selected=true]").focus(); } }, t(name)));
    return arrows(h("div.reader-tabs", { role: "tablist" },
      h("button.button.quiet.back-key", { type: "button", "aria-label": t("back"), onclick: () => this.#closeMail() }, icon("back")), ...tabs,
      h("button.button.main.first", { type: "button", onclick: () => this.#write({ answer: this.mail }) }, icon("reply"), t("answer"))));
  }

  #closeMail() {
    Object.assign(this, { mail: null, writing: null });
    this.#drawList();
    this.#drawReader();
  }

  #content(mail) {
    if (this.view === "headers") return h("dl", { tabindex: "0" }, h("dt", {}, h("a", { href: `/api/mail/${encodeURIComponent(this.address)}/${mail.id}/raw`, target: "_blank", rel: "noopener" }, t("raw"))), h("dd"), ...mail.headers.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
    if (this.view === "text") return h("pre", { tabindex: "0" }, mail.text || t("noText"));
    if (!mail.html) return h("p.empty", {}, t("noHtml"));
    return mailFrame(mail.html, mail.subject, (link) => this.#follow(link));
  }

  #follow(link) {
    if (link.startsWith("mailto:")) {
      const target = new URL(link);
      this.#write({ to: decodeURIComponent(target.pathname), subject: target.searchParams.get("subject") ?? "", text: target.searchParams.get("body") ?? "" });
    } else if (/^(https?:\/\/t\.me\/|tg:)/.test(link)) this.openDeepLink(link, this.address);
    else notice(`${t("opensLink")} ${link}`);
  }

  #file(file, index) {
    const path = `/api/mail/${encodeURIComponent(this.address)}/${this.mail.id}/files/${index}`;
    return h("a.file", { href: path, download: file.name, title: `${t("download")}: ${file.name}` }, icon("doc"), h("b", {}, file.name), h("small", {}, fileSize(file.size)));
  }

  #write(draft) {
    this.writing = draft;
    this.#drawList();
    this.#drawReader();
    this.reader.querySelector(draft.answer ? "textarea" : "input")?.focus();
  }

  #compose() {
    const { answer } = this.writing;
    const picker = filePicker();
    const form = h("form.write.alone", { onsubmit: (event) => { event.preventDefault(); this.#send(form, picker, answer); } },
      h("h3", {}, answer ? `${t("answer")}: ${answer.subject}` : t("newMail")),
      answer ? this.#styleRow() : this.#addressRows(this.writing),
      h("label.field", {}, h("span", {}, t("yourText")), h("textarea.input", { name: "text", rows: "9", required: true, value: this.writing.text ?? "" })),
      picker.list,
      h("div.row", {}, h("button.button.main", { type: "submit" }, icon("send"), t("sendMail")), picker.button,
        h("button.button.quiet.push", { type: "button", onclick: () => { this.writing = null; this.#drawList(); this.#drawReader(); } }, t("cancel"))),
      answer && h("blockquote.original", {}, h("small", {}, `${answer.sender_name || answer.sender}, ${longTime(new Date(answer.at))}`), answer.text || t("noText")));
    return form;
  }

  #styleRow() {
    const languages = [["nl", "Nederlands"], ["en", "English"]];
    const options = (list) => list.map(([value, name]) => h("option", { value }, name ?? t("plain")));
    return h("div.row", {}, h("label.field", {}, h("span", {}, t("answerAs")), h("select.input", { name: "style" }, ...options(STYLES))),
      h("label.field", {}, h("span", {}, t("languageLabel")), h("select.input", { name: "language" }, ...options(languages))));
  }

  #addressRows(draft) {
    const input = (name, label, more = {}) => h("label.field", {}, h("span", {}, t(label)), h("input.input", { name, autocomplete: "off", ...more }));
    return h("div.row", {}, input("to", "to", { required: true, value: draft.to ?? "", list: "addresses" }), input("from", "fromForged", { placeholder: this.address }),
      h("div", { style: "flex-basis:100%" }, input("subject", "subject", { value: draft.subject ?? "" })),
      h("datalist", { id: "addresses" }, ...this.boxes.map((box) => h("option", { value: box.address }))));
  }

  async #send(form, picker, answer) {
    const data = new FormData(form);
    for (const file of picker.files) data.append("files", file, file.name);
    const path = `/api/mail/${encodeURIComponent(this.address)}`;
    const sent = await attempt(() => post(answer ? `${path}/${answer.id}/reply` : `${path}/send`, data));
    if (!sent) return;
    notice(t("sentOk"));
    this.writing = null;
    await attempt(() => this.#fill());
    this.draw();
  }
}
