// The page: loads the world, draws the panels, and hands them what happens.

import { attempt, getJson, h, icon, notice } from "./dom.js";
import { MailPanel } from "./mail.js";
import { PhonePanel } from "./phone.js";
import { ActionPanel, WatchPanel } from "./side.js";
import { Steps } from "./steps.js";
import * as telegram from "./telegram.js";
import { currentLanguage, onLanguage, setLanguage, t, words } from "./texts.js";

const PANELS = [["phone", "phone"], ["mail", "mail"], ["actions", "bolt"], ["watch", "list"]];
const at = (id) => document.getElementById(id);

const world = await getJson("/api/world");
const phone = new PhonePanel(at("phone"), world, showPanel);
const mail = new MailPanel(at("mail"), world, openDeepLink);
const actions = new ActionPanel(at("actions"), world);
const watch = new WatchPanel(at("watch"), world);
const steps = new Steps(at("steps"), world.steps);

drawFrame();
onLanguage(drawFrame);
listen();
await attempt(() => Promise.all([phone.load(), mail.load(), watch.load()]));
document.body.dataset.ready = "yes";

function drawFrame() {
  document.documentElement.lang = currentLanguage();
  document.title = `${words(world.title)} – ${t("tryout")}`;
  at("title").textContent = words(world.title);
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === currentLanguage()));
    button.onclick = () => setLanguage(button.dataset.language);
  }
  for (const [name] of PANELS) at(name).setAttribute("aria-label", t(name));
  drawProduct();
  drawBottom();
  for (const panel of [phone, mail, actions, watch, steps]) panel.draw();
}

function drawProduct() {
  at("product").replaceChildren(
    ...world.product.map((part) =>
      h(`li.pill.${part.state}`, { title: words(part.detail) }, words(part.name), part.detail && h("small", {}, words(part.detail)))),
  );
}

function drawBottom() {
  const counts = { phone: phone.unread, mail: mail.unread, watch: 0, actions: 0 };
  at("bottom").replaceChildren(
    ...PANELS.map(([name, sign]) =>
      h("button", { type: "button", "aria-current": String(document.body.dataset.panel === name), onclick: () => showPanel(name) },
        icon(sign), t(name), counts[name] > 0 && h("span.badge", {}, String(counts[name])))),
  );
}

function showPanel(name) {
  document.body.dataset.panel = name;
  drawBottom();
}

/** A t.me link in a mail: the phone of whoever owns the mailbox opens the chat and presses Start. */
async function openDeepLink(link, mailbox) {
  const person = world.people.find((one) => one.mailbox === mailbox && one.user_id) ?? world.people.find((one) => one.user_id);
  if (!person) return;
  showPanel("phone");
  await attempt(() => phone.open(person, new URL(link).searchParams.get("start") ?? ""));
}

function listen() {
  const source = new EventSource("/api/events");
  const on = (name, handle) => source.addEventListener(name, (event) => handle(JSON.parse(event.data)));
  let wasLost = false;
  source.onerror = () => {
    if (!wasLost) notice(t("lost"), true);
    wasLost = true;
  };
  source.onopen = () => {
    if (!wasLost) return;
    wasLost = false;
    notice(t("found"));
    phone.load();
    mail.load();
  };
  on("happening", (happening) => watch.add(happening));
  on("mail", (arrived) => mail.arrived(arrived).then(drawBottom));
  on("steps", (list) => steps.update(list));
  on("switches", (list) => watch.switches(list));
  on("product", (list) => {
    world.product = list;
    drawProduct();
  });
  telegram.listen((event) => {
    phone.heard(event);
    drawBottom();
  });
}
