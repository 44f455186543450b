// Choosing files to send, with a way to take each out again.

import { h, icon } from "./dom.js";
import { fileSize, t } from "./texts.js";

/** {files, button, list}: the chosen files, what opens the chooser, and where they show. */
export function filePicker(onchange = () => {}) {
  const files = [];
  const list = h("div.files", { style: "padding:0;border:0", hidden: true });
  const input = h("input", { type: "file", multiple: true, hidden: true, "aria-label": t("attach"), onchange: () => {
    files.push(...input.files);
    input.value = "";
    show();
  } });
  const button = h("button.button", { type: "button", onclick: () => input.click() }, icon("clip"), t("files"), input);
  const show = () => {
    list.hidden = files.length === 0;
    list.replaceChildren(...files.map((file, index) =>
      h("span.file", {}, icon("doc"), h("b", {}, file.name), h("small", {}, fileSize(file.size)),
        h("button", { type: "button", "aria-label": `${t("remove")}: ${file.name}`, onclick: () => { files.splice(index, 1); show(); } }, icon("close")))));
    onchange(files);
  };
  return { files, button, list };
}
