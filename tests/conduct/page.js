// How the controls of a page act: `deeds` names each by its mark, so that the markup tells nothing of it.
const ask = (to) => fetch(to).then(() => flash("✓"));
const picture = (to) => (new Image().src = to);
const DEEDS = {
  get: ask,
  post: (to) => fetch(to, { method: "POST", body: "x=1" }).then(() => flash("✓")),
  image: picture,
  beacon: (to) => navigator.sendBeacon(to, "x=1"),
  location: (to) => (location.href = to),
  cart: (to) => {
    flash("🛒 +1");
    fetch(to, { method: "POST", body: "x=1" });
  },
  view: () => flash("▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒"),
};
const flash = (text) => {
  const box = document.createElement("p");
  box.className = "flash";
  box.textContent = text;
  document.querySelector("main").prepend(box);
};
const find = (mark) => document.querySelector(`[data-c="${mark}"]`);
const valued = (to, value) => `${to}${to.includes("?") ? "&" : "?"}value=${encodeURIComponent(value)}`;
const go = (mark) => (location.href = deeds[mark].to);
const flip = (el, name) => el.setAttribute(name, el.getAttribute(name) === "true" ? "false" : "true");

for (const [mark, { shape, to, byImage }] of Object.entries(deeds)) {
  const el = find(mark);
  const save = byImage ? picture : ask;
  if (DEEDS[shape]) el.addEventListener("click", () => DEEDS[shape](to));
  if (shape === "switch")
    el.addEventListener("click", () => {
      flip(el, "aria-checked");
      save(valued(to, el.getAttribute("aria-checked")));
    });
  if (/^(checkbox|radio)$/.test(shape)) el.addEventListener("change", () => save(valued(to, el.checked)));
  if (shape === "select") el.addEventListener("change", () => save(valued(to, el.value)));
  if (shape === "field") el.addEventListener("input", () => save(valued(to, el.value)));
  if (shape === "pick") el.addEventListener("change", () => flash(el.value));
  if (/^(tab|sort|tick|expand)$/.test(shape))
    el.addEventListener("click", () => {
      if (shape === "expand") flip(el, "aria-expanded");
      if (shape === "tab") flip(el, "aria-selected");
      flash(el.textContent);
    });
}
