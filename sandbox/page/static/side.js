// The column beside: actions of the office, what happens, and troubles on order.

import { arrows, attempt, getJson, h, icon, post } from "./dom.js";
import { clockSeconds, t, words } from "./texts.js";

const KEPT = 300;

export class ActionPanel {
  constructor(root, world) {
    this.root = root;
    this.world = world;
    this.told = new Map();
  }

  draw() {
    const list = this.world.actions.map((action) => this.#action(action));
    this.root.replaceChildren(
      h("div.panel-head", {}, h("div", {}, h("h2", {}, t("actions")), h("p", {}, t("actionsHelp")))),
      h("div.action-list", {}, ...(list.length ? list : [h("p.empty", {}, t("noActions"))])),
    );
  }

  #action(action) {
    const output = h("output", { "aria-live": "polite", hidden: !this.told.has(action.id) });
    if (this.told.has(action.id)) this.#tell(output, this.told.get(action.id));
    const fields = action.fields.map((field) => labelled(field));
    const button = h("button.button", { type: "submit" }, t("run"));
    const form = h("form.action", { onsubmit: (event) => { event.preventDefault(); this.#run(action, form, button, output); } },
      h("div.action-top", {}, h("div", {}, h("b", {}, words(action.label)), h("small", {}, words(action.help))), button), ...fields, output);
    return form;
  }

  async #run(action, form, button, output) {
    button.disabled = true;
    button.textContent = t("busy");
    const answer = await attempt(() => post(`/api/actions/${encodeURIComponent(action.id)}`, Object.fromEntries(new FormData(form))));
    button.disabled = false;
    button.textContent = t("run");
    if (answer) {
      this.told.set(action.id, answer);
      this.#tell(output, answer);
    }
  }

  #tell(output, answer) {
    output.hidden = !answer.text;
    output.className = answer.ok ? "" : "bad";
    output.textContent = words(answer.text);
  }
}

function labelled(field) {
  const input = field.choices.length
    ? h("select.input", { name: field.name }, ...field.choices.map((choice) => h("option", { value: choice }, choice)))
    : h("input.input", { name: field.name, autocomplete: "off" });
  input.value = field.value || field.choices[0] || "";
  return h("label.field", {}, h("span", {}, words(field.label)), input);
}

export class WatchPanel {
  constructor(root, world) {
    this.root = root;
    this.world = world;
    this.happenings = [];
    this.tab = "events";
    this.list = null;
  }

  async load() {
    this.happenings = (await getJson("/api/happenings")).reverse();
    this.draw();
  }

  add(happening) {
    this.happenings.unshift(happening);
    this.happenings.length = Math.min(this.happenings.length, KEPT);
    if (this.tab !== "events" || !this.list) return;
    this.list.querySelector(".empty")?.remove();
    this.list.prepend(this.#line(happening));
    while (this.list.children.length > KEPT) this.list.lastElementChild.remove();
  }

  switches(list) {
    this.world.switches = list;
    this.draw();
  }

  draw() {
    const on = this.world.switches.filter((one) => one.on).length;
    const focused = this.root.contains(document.activeElement) ? document.activeElement.id : "";
    this.list = null;
    this.root.replaceChildren(
      arrows(h("div.watch-tabs", { role: "tablist" }, this.#tab("events"), this.#tab("faults", on > 0 && h("span.badge", {}, String(on))))),
      this.tab === "events" ? this.#feed() : this.#faults(),
    );
    if (focused) document.getElementById(focused)?.focus();
  }

  #tab(name, badge) {
    return h("button.tab", {
      type: "button", role: "tab", id: `watch-${name}`, "aria-selected": String(this.tab === name), tabindex: this.tab === name ? "0" : "-1",
      onclick: () => { this.tab = name; this.draw(); },
    }, t(name), badge);
  }

  #feed() {
    const lines = this.happenings.map((happening) => this.#line(happening));
    this.list = h("ol.feed", { role: "log", tabindex: "0", "aria-labelledby": "watch-events" }, ...(lines.length ? lines : [h("li.empty", {}, t("noEvents"))]));
    return this.list;
  }

  #line(happening) {
    const { sign, kind, title, detail } = described(happening, this.world);
    const more = h("pre", { hidden: true }, JSON.stringify({ who: happening.who, detail: happening.detail, ...happening.more }, null, 2));
    return h(`li.${kind}${happening.ok ? "" : ".failed"}`, {},
      icon(sign),
      h("button.head", { type: "button", "aria-expanded": "false", onclick: (event) => {
        more.hidden = !more.hidden;
        event.currentTarget.setAttribute("aria-expanded", String(!more.hidden));
      } }, h("b", {}, title), detail && h("p", {}, detail)),
      h("time", {}, clockSeconds(new Date(happening.at))), more);
  }

  #faults() {
    return h("div.switches", { role: "tabpanel", "aria-labelledby": "watch-faults" }, h("p.empty", { style: "padding:4px 0 6px;text-align:left" }, t("faultsHelp")),
      ...this.world.switches.map((one) =>
        h("label.switch", {}, h("b", {}, words(one.label)), h("small", {}, words(one.help)),
          h("input", { type: "checkbox", role: "switch", id: `switch-${one.id}`, checked: one.on,
            onchange: (event) => attempt(() => post(`/api/switches/${one.id}`, { on: event.target.checked })) }))));
  }
}

function described(happening, world) {
  const person = world.people.find((one) => String(one.user_id) === happening.who || one.mailbox === happening.who);
  const who = person?.name ?? happening.who;
  if (happening.channel === "telegram" && happening.kind === "call")
    return { sign: "out", kind: "telegram-out", title: happening.title, detail: happening.detail };
  if (happening.channel === "telegram") return { sign: "in", kind: "telegram-in", title: who, detail: happening.detail };
  if (happening.channel === "mail") {
    const note = happening.kind === "delivered" ? "" : `${t(`kind_${happening.kind}`)}: `;
    return { sign: "mail", kind: "mail-in", title: note + (happening.title || "–"), detail: `${happening.detail} → ${who}` };
  }
  const action = world.actions.find((one) => one.id === happening.title);
  return { sign: "bolt", kind: "action-done", title: words(action?.label) || happening.title, detail: happening.detail };
}
