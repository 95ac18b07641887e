/** Labels for the planner's reasons, which are terse and made for logs. */

const KINDS = {
  "main navigation, unseen page": "a page of the main menu that was not shown yet",
  "section navigation, unseen page": "a page of this section that was not shown yet",
  "call to action, unseen page": "what the page itself points at",
  "side column, unseen page": "a page of the side column that was not shown yet",
  "content, unseen page": "a page that was not shown yet",
  "footer, unseen page": "a page from the footer that was not shown yet",
  "home page": "the way back to the home page",
  "place on this page": "another part of this page",
  "cookie banner, only what is necessary": "answers the cookie banner with only what is necessary",
  "cookie banner, accept": "answers the cookie banner",
  "inside the open dialog": "inside the dialog that is open",
  "menu among the page links": "a menu among the links",
  "opens something": "opens something here",
  "tab that is open already": "a tab",
  "link without an address": "a link without an address",
  "call to action": "what the page itself points at",
  "control in the footer": "something in the footer",
};
const NEWS = "shows something new";
const NOTES = [
  [/\(shows something new\)/, NEWS],
  [/\(shows little new\)/, "little new behind it"],
  [/\(opens (\d+) more\)/, "leads to $1 more pages"],
  [/, focus\b/, "you asked for it first"],
  [/, goal\b/, "fits what the film is about"],
];

/** Returns a sentence for a plan's reason, or "". */
export function reasonText(reason) {
  const [, planner, text] = /^(keywords|llm): ([\s\S]*)$/.exec(reason) ?? [null, "", reason];
  if (planner !== "keywords") return sentence(text);
  // Its last words repeat the label, in quotes.
  let kind = text.replace(/\s*"[^"]*"?\s*$/, "");
  const notes = [];
  for (const [pattern, words] of NOTES) {
    const found = pattern.exec(kind);
    if (found) {
      kind = kind.replace(pattern, "");
      // Implied by a page that was not shown yet.
      if (words === NEWS && /unseen page/.test(kind)) continue;
      notes.push(words.replace("$1", found[1] ?? "").replace(/^leads to 1 more pages$/, "leads to one more page"));
    }
  }
  const inside = /inside the page,?\s*$/.test(kind);
  kind = kind.replace(/\s*inside the page,?\s*$/, "").trim();
  const first = KINDS[kind] ?? `a ${kind || "control"}`;
  return sentence([inside ? `${first} inside the page` : first, ...notes].join(", "));
}

function sentence(text) {
  const whole = text.replace(/\s+/g, " ").trim();
  return whole ? `${whole.charAt(0).toUpperCase()}${whole.slice(1)}` : "";
}
