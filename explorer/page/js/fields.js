// Part 4: what is filled in rather than clicked, what it takes, and in which state things are.
const TYPED = {
  search: "search",
  number: "number",
  date: "date",
  time: "time",
  month: "month",
  week: "week",
  "datetime-local": "datetime",
  range: "range",
  color: "color",
};
const BY_ROLE = { textbox: "text", searchbox: "search", spinbutton: "number", slider: "range" };
const isEditable = (el) =>
  el.isContentEditable && /^(|true|plaintext-only)$/i.test(el.getAttribute("contenteditable") ?? "no");
const fillsOf = (el) => {
  if (el.localName === "textarea") return el.readOnly ? "" : "text";
  if (el.localName === "select") return "select";
  if (el.localName === "input") {
    if (el.matches(`${BUTTONS}, ${CHOICES}, [type=hidden i], [type=file i]`) || el.readOnly) return "";
    return TYPED[el.type] ?? (/search/.test(attr(el, "role")) ? "search" : "text");
  }
  if (isEditable(el)) return "text";
  return /slider|spinbutton/.test(explicitRole(el)) ? BY_ROLE[explicitRole(el)] : "";
};
const isField = (el) =>
  (/^(textarea|select)$/.test(el.localName) ||
    (el.localName === "input" && !el.matches("[type=hidden i]")) ||
    isEditable(el)) &&
  !el.matches(BUTTONS);
const optionsOf = (el) => {
  const all = el.localName === "select" ? [...el.options] : [...(el.list?.options ?? [])];
  const usable = all.filter((option) => !option.disabled && !option.hidden);
  const chosen = usable.filter((option) => option.selected);
  return [...chosen, ...usable.filter((option) => !option.selected)]
    .slice(0, 40)
    .map((option) => tidy(option.label || option.textContent).slice(0, MAX_TEXT))
    .filter(Boolean);
};
const boundsOf = (el) => {
  const fallback = el.type === "range" ? { min: "0", max: "100", step: "1" } : {};
  const get = (name) => attr(el, name) || attr(el, `aria-value${name}`) || fallback[name] || "";
  const all = ["min", "max", "step"].map(get);
  return all.some(Boolean) ? all.map((one) => one || "any").join(" ") : "";
};
const STATES = ["expanded", "selected", "checked", "pressed", "current", "sort", "haspopup", "filled"];
// A text that holds something, and a line of text that is edited in its place, such as a name in a list.
const LINE_PX = 60;
const isFilled = (el) =>
  el.localName === "textarea"
    ? !!el.value.trim()
    : el.isContentEditable && el.getBoundingClientRect().height < LINE_PX && !!el.textContent.trim();
const stateOf = (el) => {
  const states = Object.fromEntries(STATES.map((name) => [name, attr(el, `aria-${name}`)]));
  const input = el.localName === "label" ? el.control : el;
  if (input?.matches(CHOICES)) states.checked = input.indeterminate ? "mixed" : String(input.checked);
  if (isFilled(el)) states.filled = "true";
  if (el.localName === "summary") states.expanded = String(el.parentElement?.open ?? false);
  if (states.haspopup === "false") states.haspopup = "";
  return STATES.flatMap((name) => (states[name] ? [`${name}=${states[name].slice(0, 40)}`] : [])).join(" ");
};
const formMethodOf = (el) => {
  if (!el.form) return "";
  const own = /^(submit|image)$/.test(el.type) ? attr(el, "formmethod") : "";
  return (own || attr(el.form, "method") || "get").toLowerCase();
};
const fieldOf = (el) => ({
  fills: fillsOf(el),
  input_type: el.localName === "input" ? el.type : "",
  field_name: (attr(el, "name") || attr(el, "id")).slice(0, 200),
  autocomplete: attr(el, "autocomplete").slice(0, 200),
  placeholder: ["placeholder", "aria-placeholder", "data-placeholder"]
    .map((name) => attr(el, name).slice(0, 200))
    .find(Boolean) ?? "",
  form_method: formMethodOf(el).slice(0, 20),
  options: optionsOf(el),
  bounds: boundsOf(el),
});
