// Making elements, icons, notices; talking JSON with the server.

import { t } from "./texts.js";

/** h("button.main", {onclick}, "Text", child…): an element. Falsy children are left out, strings are text. */
export function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "html") element.innerHTML = value;
    else if (key === "value") element.value = value;
    else if (key === "style") element.style.cssText = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return element;
}

const PATHS = {
  back: "M15 5l-7 7 7 7", clip: "M20 11.5l-8.2 8.2a5 5 0 0 1-7.1-7.1l8.5-8.5a3.4 3.4 0 0 1 4.8 4.8l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4l7.8-7.8",
  send: "M4 12l16-8-6 16-3-6.5zM11 13.5L20 4", more: "M12 5.5v.01M12 12v.01M12 18.5v.01", reply: "M10 7L4 12l6 5v-3.2c5 0 8 1.2 10 4.2-.6-5-3.6-8.6-10-9z",
  edit: "M4 20l1-4L16.5 4.5a2.1 2.1 0 0 1 3 3L8 19z", doc: "M7 3h7l5 5v13H7zM14 3v5h5", down: "M12 4v12M6.5 11L12 16.5 17.5 11M5 20h14", mail: "M3 6h18v12H3zM3 7l9 6 9-6",
  phone: "M8 2.5h8a1.5 1.5 0 0 1 1.5 1.5v16a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 20V4A1.5 1.5 0 0 1 8 2.5zM11 18.5h2", bolt: "M13 3L5 13.5h6L10.5 21 19 10.5h-6z",
  list: "M8 6h12M8 12h12M8 18h12M4 6v.01M4 12v.01M4 18v.01", check: "M4.5 12.5l5 5L19.5 7", checks: "M2.5 12.5l4.5 4.5L16 7.5M12 16l1.2 1L22 7.5", close: "M6 6l12 12M18 6L6 18", lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  in: "M20 12H5M11 6l-6 6 6 6", out: "M4 12h15M13 6l6 6-6 6", link: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6", mic: "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM6 11a6 6 0 0 0 12 0M12 17v4", copy: "M9 9h11v11H9zM5 15H4V4h11v1", arrow: "M6 9l6 6 6-6",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** A round picture with a person's initials, always the same colour for the same name. */
export function avatar(name) {
  const initials = name.split(/\s+/).filter((word) => /\p{L}/u.test(word[0] ?? "")).map((word) => word[0]);
  const hue = [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
  return h("span.avatar", { "aria-hidden": "true", style: `--hue:${hue}` }, (initials[0] ?? "?") + (initials.length > 1 ? initials.at(-1) : ""));
}

export async function getJson(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(await reason(response));
  return response.json();
}

/** POST a FormData or an object as JSON; the answer as JSON. */
export async function post(path, body = {}) {
  const form = body instanceof FormData;
  const response = await fetch(path, {
    method: "POST", body: form ? body : JSON.stringify(body), headers: form ? {} : { "Content-Type": "application/json" },
  });
  if (!response.ok) throw new Error(await reason(response));
  return response.json();
}

async function reason(response) {
  const text = await response.text();
  try {
    const told = JSON.parse(text);
    return told.error ?? told.description ?? told.text ?? text;
  } catch {
    return text || `${response.status}`;
  }
}

export function notice(text, bad = false) {
  const shown = h(bad ? "div.notice.bad" : "div.notice", {}, text);
  document.getElementById("notices").append(shown);
  setTimeout(() => shown.remove(), 6000);
}

/** Do something; what goes wrong is shown, never lost. */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    notice(`${t("failed")}: ${error.message}`, true);
    return undefined;
  }
}

/** Tab-like keys: arrows move between the buttons of a tablist. */
export function arrows(list) {
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const tabs = [...list.querySelectorAll("[role=tab]")];
    const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
    next?.focus();
    next?.click();
  });
  return list;
}
