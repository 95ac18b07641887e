// One look at a page, from which is told what a click has changed, and what kind of page this is.
() => {
  const MAX_TEXT = 20000;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (el) =>
    el.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && el.getClientRects().length > 0;
  const fold = (text) => text.replace(/\d+/g, "0").replace(/\s+/g, " ").trim();
  const hash = (text) => {
    let value = 5381;
    for (let i = 0; i < text.length; i++) value = ((value * 33) ^ text.charCodeAt(i)) >>> 0;
    return value.toString(16);
  };
  // Visible text with digits folded (clocks and counters make no scenes), plus every state a control shows.
  const text = fold(document.body?.innerText ?? "").slice(0, MAX_TEXT);
  const STATES = ["aria-expanded", "aria-selected", "aria-pressed", "aria-checked", "aria-hidden", "open"];
  const states = all(
    "[aria-expanded],[aria-selected],[aria-pressed],[aria-checked],[aria-hidden],dialog,details,[role=dialog]",
  ).map((el) => el.tagName + STATES.map((name) => el.getAttribute(name) ?? "-").join());
  const checked = all("input").map((el) => Number(el.checked));
  const dialogs = all("dialog[open],[role=dialog],[role=alertdialog],[aria-modal=true],:popover-open").filter(shown);
  const unfolded = all("[aria-expanded=true],details[open]").filter(shown).length;
  // A page to sign in at shows a password field amid little else.
  const secrets = all("input[type=password]").filter(shown);
  const isCentral = (el) => {
    const { left, right, top } = el.getBoundingClientRect();
    return right > innerWidth / 3 && left < (innerWidth * 2) / 3 && top < innerHeight;
  };
  const signIn = secrets.some(isCentral) && text.length < 1500;
  return {
    signature: hash([text, states.join(";"), checked.join(""), document.documentElement?.className].join("|")),
    dialog: dialogs.length ? `${dialogs.length} ${fold(dialogs.at(-1).innerText).slice(0, 200)}` : "",
    unfolded,
    sign_in: signIn,
  };
}
