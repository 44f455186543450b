// The telephones of the sandbox's Telegram, as its control offers them (see sandbox/telegram/control.py).

import { getJson, post } from "./dom.js";

const BASE = "/sandbox/telegram";
const of = (phone, act) => `${BASE}/phones/${encodeURIComponent(phone)}/${act}`;
const place = (chat) => (chat.group ? { group: chat.group, ...(chat.topic ? { topic: chat.topic } : {}) } : {});

export const state = () => getJson(`${BASE}/state`);
export const commands = (phone) => getJson(of(phone, "commands"));
export const start = (phone, payload) => post(of(phone, "start"), { payload });
export const say = (phone, chat, text, replyTo) => post(of(phone, "say"), { text, ...(replyTo ? { reply_to: replyTo } : {}), ...place(chat) });
export const edit = (phone, chat, message, text) => post(of(phone, "edit"), { message, text, ...place(chat) });
export const tap = (phone, chat, message, data) => post(of(phone, "tap"), { message, data, ...place(chat) });
export const press = (phone, chat, label) => post(of(phone, "tap"), { button: label, ...place(chat) });
export const contact = (phone) => post(of(phone, "contact"), { own: true });
export const block = (phone, on) => post(of(phone, on ? "block" : "unblock"));
export const remove = (phone, chat, message) => post(of(phone, "delete"), { message, ...place(chat) });
export const fileUrl = (id, save = false) => `${BASE}/files/${encodeURIComponent(id)}${save ? "?download=1" : ""}`;

export function messages(phone, chat) {
  const query = new URLSearchParams({ since: "0", ...place(chat) });
  return getJson(`${of(phone, "messages")}?${query}`);
}

/** Send files as "document" or "photo"; several become an album. */
export function files(phone, chat, chosen, kind, caption) {
  const form = new FormData();
  form.append("as", kind);
  form.append("caption", caption);
  for (const [name, value] of Object.entries(place(chat))) form.append(name, String(value));
  for (const file of chosen) form.append("file", file, file.name);
  return post(of(phone, "files"), form);
}

/** Hear every event; `{kind: "reset"}` when some were lost. */
export function listen(handle) {
  const source = new EventSource(`${BASE}/events`);
  let opened = false;
  source.onopen = () => {
    if (opened) handle({ kind: "reset" });
    opened = true;
  };
  source.onmessage = (event) => handle(JSON.parse(event.data));
}
