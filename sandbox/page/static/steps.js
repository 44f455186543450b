// The strip of things to try: ticked as the world sees them done.

import { h, icon } from "./dom.js";
import { t, words } from "./texts.js";

export class Steps {
  constructor(root, list) {
    this.root = root;
    this.list = list;
    this.chosen = null;
  }

  update(list) {
    this.list = list;
    this.chosen = null;
    this.draw();
  }

  draw() {
    this.root.hidden = this.list.length === 0;
    if (this.root.hidden) return;
    this.root.setAttribute("aria-label", t("steps"));
    const now = this.list.findIndex((step) => !step.done);
    const shown = this.chosen ?? now;
    this.root.replaceChildren(
      h("ol", {}, ...this.list.map((step, index) => h("li", {}, this.#chip(step, index, index === now, index === shown)))),
      this.#hint(shown),
    );
  }

  #chip(step, index, isNow, isShown) {
    const kind = step.done ? ".done" : isNow ? ".now" : "";
    return h(`button.step${kind}`, {
      type: "button", "aria-expanded": String(isShown), "aria-current": isNow ? "step" : null,
      onclick: () => { this.chosen = index; this.draw(); },
    }, h("span.mark", {}, step.done ? icon("check") : String(index + 1)), h("b", {}, words(step.title)));
  }

  #hint(index) {
    if (index < 0) return h("p.step-hint", { role: "status" }, h("b", {}, "✓"), t("allDone"));
    const step = this.list[index];
    return h("p.step-hint", { role: "status" }, h("b", {}, `${t("step")} ${index + 1} ${t("of")} ${this.list.length}`), " ", words(step.hint));
  }
}
