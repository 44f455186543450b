// A mail's HTML, shut in: no scripts, nothing from outside, and its links come to us.

const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src 'none'; form-action 'none'; base-uri 'none'";

/** An iframe with the mail; `follow` gets the address of a link that was clicked. */
export function mailFrame(html, title, follow) {
  const frame = document.createElement("iframe");
  frame.title = title;
  frame.setAttribute("sandbox", "allow-same-origin"); // no scripts; same origin only so that we can hear its links
  frame.srcdoc = `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light"><style>body{font:14px/1.5 -apple-system,'Segoe UI',Roboto,'Liberation Sans',Arial,sans-serif;margin:12px 16px;color:#1c2328}</style>${html}`;
  frame.addEventListener("load", () => frame.contentDocument.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link) return;
    event.preventDefault();
    follow(link.getAttribute("href"));
  }));
  return frame;
}
