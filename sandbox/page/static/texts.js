// Every sentence of the page in Dutch and English; what the world tells may bring its own two languages.

const TEXTS = {
  nl: {
    skip: "Naar de telefoon", tryout: "proefopstelling", phone: "Telefoon", mail: "Post", actions: "Acties", watch: "Logboek",
    phoneOf: "Telefoon van", steps: "Probeer dit", step: "Stap", of: "van", allDone: "Alle stappen gedaan. Goed bezig!", noPhone: "gebruikt geen Telegram",
    actionsHelp: "Wat het kantoor en de tijd doen", run: "Doen", busy: "Bezig…", noActions: "Er zijn hier geen acties.",
    events: "Wat er gebeurt", faults: "Storingen", noEvents: "Nog niets gebeurd.", faultsHelp: "Zet iets stuk en kijk wat de klant merkt.",
    bot: "bot", group: "groep", chats: "Chats", typing: "is aan het typen…", start: "START",
    write: "Bericht", send: "Verstuur", attach: "Bestand toevoegen", menu: "Menu", menuMore: "Meer over deze chat", back: "Terug", block: "Bot blokkeren", unblock: "Bot deblokkeren",
    welcome: "Hier begint het gesprek. Open de link uit de uitnodigingsmail, of druk op START.", today: "Vandaag", yesterday: "Gisteren",
    edited: "bewerkt", reply: "Beantwoorden", edit: "Bewerken", copy: "Tekst kopiëren", copied: "Gekopieerd", photo: "Foto", file: "Bestand", close: "Sluiten", ok: "OK", me: "U",
    messageMenu: "Wat met dit bericht", replyTo: "Antwoord op", editing: "Bewerken", cancel: "Annuleren", remove: "Verwijderen", asFile: "Als bestand", opensLink: "Deze link gaat naar buiten; in de proefopstelling openen we hem niet:",
    shareContact: "Mijn nummer delen", protectedFile: "Beveiligd: niet door te sturen", download: "Downloaden", voice: "Spraakbericht", video: "Video", sticker: "Sticker", location: "Locatie",
    failed: "Dat lukte niet", albumLimit: "Een album telt hoogstens 10 bestanden; de eerste 10 zijn gekozen.",
    inbox: "Postvak IN", sent: "Verzonden", folder: "Map", newMail: "Nieuwe mail", noMails: "Geen mail in deze map.", choose: "Kies een mail om te lezen.",
    html: "Opgemaakt", text: "Tekst", headers: "Kopregels", raw: "Bron", answer: "Beantwoorden", answerAs: "Als mailprogramma", to: "Aan", from: "Van", fromForged: "Van (laat leeg voor het eigen adres)",
    subject: "Onderwerp", yourText: "Uw bericht", files: "Bijlagen", sendMail: "Verstuur mail", sentOk: "Mail verstuurd", forged: "De ontvangende server kon de afzender niet bevestigen (dmarc=fail).",
    noText: "Deze mail heeft geen tekstdeel.", noHtml: "Deze mail heeft geen opmaak.", unread: "ongelezen", languageLabel: "Taal van het mailprogramma",
    kind_call: "aanroep", kind_update: "klant", kind_delivered: "mail", kind_bounced: "mail kwam terug", kind_refused: "mail geweigerd", on: "aan", off: "uit",
    lost: "De verbinding met de proefopstelling is weg; we proberen het opnieuw.", found: "De verbinding is er weer.", plain: "Platte tekst",
    forum_topic_created: "Onderwerp geopend", forum_topic_closed: "Onderwerp gesloten", forum_topic_reopened: "Onderwerp heropend", forum_topic_edited: "Onderwerp gewijzigd",
  },
  en: {
    skip: "To the phone", tryout: "try-out", phone: "Phone", mail: "Mail", actions: "Actions", watch: "Log",
    phoneOf: "Phone of", steps: "Try this", step: "Step", of: "of", allDone: "All steps done. Well done!", noPhone: "doesn't use Telegram",
    actionsHelp: "What the office and time do", run: "Do it", busy: "Working…", noActions: "There are no actions here.",
    events: "What happens", faults: "Faults", noEvents: "Nothing happened yet.", faultsHelp: "Break something and see what the customer notices.",
    bot: "bot", group: "group", chats: "Chats", typing: "is typing…", start: "START",
    write: "Message", send: "Send", attach: "Attach a file", menu: "Menu", menuMore: "More about this chat", back: "Back", block: "Block bot", unblock: "Unblock bot",
    welcome: "This is where the conversation starts. Open the link in the invitation mail, or press START.", today: "Today", yesterday: "Yesterday",
    edited: "edited", reply: "Reply", edit: "Edit", copy: "Copy text", copied: "Copied", photo: "Photo", file: "File", close: "Close", ok: "OK", me: "You",
    messageMenu: "What to do with this message", replyTo: "Reply to", editing: "Editing", cancel: "Cancel", remove: "Remove", asFile: "As file", opensLink: "This link leads outside; the try-out doesn't open it:",
    shareContact: "Share my number", protectedFile: "Protected: can't be forwarded", download: "Download", voice: "Voice message", video: "Video", sticker: "Sticker", location: "Location",
    failed: "That didn't work", albumLimit: "An album holds 10 files at most; the first 10 are chosen.",
    inbox: "Inbox", sent: "Sent", folder: "Folder", newMail: "New mail", noMails: "No mail in this folder.", choose: "Choose a mail to read.",
    html: "Formatted", text: "Text", headers: "Headers", raw: "Source", answer: "Reply", answerAs: "As mail client", to: "To", from: "From", fromForged: "From (empty for the own address)",
    subject: "Subject", yourText: "Your message", files: "Attachments", sendMail: "Send mail", sentOk: "Mail sent", forged: "The receiving server could not confirm the sender (dmarc=fail).",
    noText: "This mail has no text part.", noHtml: "This mail has no formatting.", unread: "unread", languageLabel: "Language of the mail client",
    kind_call: "call", kind_update: "customer", kind_delivered: "mail", kind_bounced: "mail came back", kind_refused: "mail refused", on: "on", off: "off",
    lost: "The connection with the try-out is gone; trying again.", found: "The connection is back.", plain: "Plain text",
    forum_topic_created: "Topic opened", forum_topic_closed: "Topic closed", forum_topic_reopened: "Topic reopened", forum_topic_edited: "Topic changed",
  },
};

let language = localStorage.getItem("language") === "en" ? "en" : "nl";
const listeners = [];

export const currentLanguage = () => language;
const locale = () => ({ nl: "nl-NL", en: "en-GB" })[language];

export function setLanguage(chosen) {
  language = chosen;
  localStorage.setItem("language", chosen);
  document.documentElement.lang = chosen;
  for (const listener of listeners) listener();
}

export const onLanguage = (listener) => listeners.push(listener);

/** The page's own sentence of that name. */
export const t = (name) => TEXTS[language][name] ?? name;

/** A text of the world: one string, or one per language. */
export const words = (value) => (typeof value === "string" ? value : (value?.[language] ?? value?.nl ?? ""));

export const clock = (moment) => new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit" }).format(moment);
export const clockSeconds = (moment) =>
  new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(moment);
export const longTime = (moment) =>
  new Intl.DateTimeFormat(locale(), { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" }).format(moment);

/** "Vandaag", "Gisteren", or the date. */
export function dayName(moment) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(moment).setHours(0, 0, 0, 0)) / 864e5);
  if (days === 0) return t("today");
  if (days === 1) return t("yesterday");
  return new Intl.DateTimeFormat(locale(), { day: "numeric", month: "long" }).format(moment);
}

export function fileSize(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const [value, unit] = bytes < 1024 ** 2 ? [bytes / 1024, "kB"] : [bytes / 1024 ** 2, "MB"];
  return `${new Intl.NumberFormat(locale(), { maximumFractionDigits: 1 }).format(value)} ${unit}`;
}
