// One message, or an album of them, as it looks in the chat.

import { avatar, h, icon } from "./dom.js";
import { fileUrl } from "./telegram.js";
import { clock, fileSize, t } from "./texts.js";

/** Messages in reading order, those of one album together. */
export function grouped(messages) {
  const groups = [];
  for (const message of messages) {
    const last = groups.at(-1);
    if (message.album && last?.[0].album === message.album) last.push(message);
    else groups.push([message]);
  }
  return groups;
}

/** `acts`: {tap(message, button, element), menu(message, element), jump(id), link(url)}. */
export function bubble(group, acts) {
  const first = group[0];
  const last = group.at(-1);
  const photos = group.filter((one) => one.file?.kind === "photo");
  const texts = group.filter((one) => one.text);
  const body = h(`div.bubble${photos.length ? ".with-photo" : ""}`, {},
    first.sender !== "me" && first.sender !== "bot" && h("span.name", {}, first.name),
    first.reply_to && h("button.answer", { type: "button", title: t("replyTo"), onclick: () => acts.jump(first.reply_to.id) }, first.reply_to.text || "…"),
    photos.length > 0 && pictures(photos),
    ...group.filter((one) => one.file && one.file.kind !== "photo" && one.sticker === null).map(paperclip),
    ...group.filter((one) => one.sticker !== null).map(sticker),
    ...group.filter((one) => one.contact).map(card),
    ...group.filter((one) => one.location).map(({ location }) => sign("📍", t("location"), `${location.latitude.toFixed(4)}, ${location.longitude.toFixed(4)}`)),
    ...group.filter((one) => one.poll).map(({ poll }) => sign("📊", poll.question, poll.options.map((option) => option.text).join(" · "))),
    ...texts.map((one) => wordsOf(one, acts)));
  (texts.length ? body.lastElementChild : body).append(meta(last, group));
  return h(`div.message${first.sender === "me" ? ".me" : ""}${last.buttons.length ? ".wide" : ""}`, { "data-id": String(first.id), id: `m${first.id}` },
    body, last.reaction && h("span.reaction", {}, last.reaction), last.buttons.length > 0 && keys(last, acts),
    h("button.more-key", { type: "button", "aria-label": t("messageMenu"), onclick: (event) => acts.menu(last, event.currentTarget) }, icon("more")));
}

function wordsOf(message, acts) {
  const words = h("div.words", { html: message.html });
  for (const spoiler of words.querySelectorAll("tg-spoiler")) {
    spoiler.tabIndex = 0;
    spoiler.setAttribute("role", "button");
    const show = () => spoiler.classList.add("shown");
    spoiler.addEventListener("click", show);
    spoiler.addEventListener("keydown", (event) => event.key === "Enter" && show());
  }
  for (const code of words.querySelectorAll("code, pre")) code.addEventListener("click", () => acts.copy(code.textContent));
  for (const link of words.querySelectorAll("a[href]"))
    link.addEventListener("click", (event) => {
      event.preventDefault();
      acts.link(link.getAttribute("href"));
    });
  return words;
}

function meta(message, group) {
  return h("span.meta", {}, message.protected && h("span", { title: t("protectedFile") }, icon("lock")),
    group.some((one) => one.edited && !isCard(one)) && h("span", {}, t("edited")), h("span", {}, clock(new Date(message.date * 1000))), message.sender === "me" && icon("checks"));
}

/** A bot's message with keys changes in place; Telegram doesn't mark that as edited. */
const isCard = (message) => message.sender === "bot" && message.buttons.length > 0;

function pictures(photos) {
  return h(photos.length > 1 ? "div.album" : "div", {}, ...photos.map((one) =>
    h("a", { href: fileUrl(one.file.file_id), target: "_blank", rel: "noopener", "aria-label": t("photo") },
      h("img.photo", { src: fileUrl(one.file.file_id), alt: one.text || t("photo"), ...sized(one.file, photos.length) }))));
}

function sized(file, count) {
  return count === 1 && file.width ? { width: String(file.width), height: String(file.height), style: "height:auto" } : {};
}

function paperclip(message) {
  const { file } = message;
  if (file.kind === "voice" || file.kind === "audio") return h("audio", { controls: true, src: fileUrl(file.file_id), "aria-label": t("voice"), style: "max-width:100%" });
  if (file.kind === "video") return h("video.photo", { controls: true, src: fileUrl(file.file_id), "aria-label": t("video") });
  const name = file.name ?? t("file");
  return h("a.paperclip", { href: fileUrl(file.file_id, true), download: name, title: `${t("download")}: ${name}` },
    h("span.disc", {}, icon(message.sender === "me" ? "doc" : "down")), h("span", {}, h("b", {}, name), h("small", {}, fileSize(file.size))));
}

/** Its emoji, large: what the app shows while it fetches the picture. */
function sticker(message) {
  return h("div.sticker", { role: "img", "aria-label": `${t("sticker")} ${message.sticker}` }, message.sticker || "🖼");
}

function sign(emoji, title, line) {
  return h("div.paperclip", {}, h("span.sign", { "aria-hidden": "true" }, emoji), h("span", {}, h("b", {}, title), h("small", {}, line)));
}

function card(message) {
  const { contact } = message;
  const name = [contact.first_name, contact.last_name].filter(Boolean).join(" ");
  return h("div.paperclip", {}, avatar(name), h("span", {}, h("b", {}, name), h("small", {}, contact.phone_number)));
}

function keys(message, acts) {
  return h("div.keys", {}, ...message.buttons.map((row) => h("div", {}, ...row.map((button) => {
    const corner = { url: "link", copy_text: "copy" }[button.kind];
    return h(`button${button.style ? `.${button.style}` : ""}`, { type: "button", onclick: (event) => acts.tap(message, button, event.currentTarget) },
      button.text, corner && h("span.corner", {}, icon(corner)));
  }))));
}
