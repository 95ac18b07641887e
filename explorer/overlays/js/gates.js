// Questions that a site asks before it lets a visitor in: where he is, and when he was born. The names of
// countries and languages are the browser's own (Intl), in English, the page's language and their own one.
const BIRTH = { year: "1985", month: "5", day: "5", date: "1985-05-05" };
const MOST_CHOICES = 300;
const EVERYWHERE = /^(?:international|global|worldwide|rest of (?:the )?world|europe)\b/;
const SHORT_NAMES = { usa: "US", "u.s.a.": "US", uk: "GB", "great britain": "GB" };
const localeOf = (tag) => {
  try {
    return new Intl.Locale(tag).maximize();
  } catch {
    return new Intl.Locale("en").maximize();
  }
};
const home = localeOf(document.documentElement.lang.trim().replace("_", "-") || "en");
const namesIn = (tag, type) => {
  try {
    const names = new Intl.DisplayNames([tag], { type, fallback: "none" });
    return (code) => names.of(code);
  } catch {
    return () => undefined;
  }
};
// By its plain name, the country's code and what is spoken there; of a language, what is spoken alone.
const places = () => {
  if (memory.places) return memory.places;
  const found = new Map();
  const own = new Map();
  const ownNames = (tongue) => own.get(tongue) ?? own.set(tongue, namesIn(tongue, "region")).get(tongue);
  const note = (name, place) => name && !found.has(plain(name)) && found.set(plain(name), place);
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  for (const code of codes.filter((one) => ownNames("en")(one))) {
    const { language } = new Intl.Locale(`und-${code}`).maximize();
    for (const tag of ["en", home.language, language]) note(ownNames(tag)(code), { code, language });
  }
  const common = ["en", home.language].map((tag) => namesIn(tag, "language"));
  for (const language of own.keys()) {
    for (const names of [...common, namesIn(language, "language")]) note(names(language), { language });
  }
  for (const [name, code] of Object.entries(SHORT_NAMES)) note(name, { code, language: "en" });
  return (memory.places = found);
};
const placeIn = (label) => {
  const text = plain(label).replace(/^[^\p{L}]+|[^\p{L})]+$/gu, "");
  if (EVERYWHERE.test(text)) return { everywhere: true };
  const pieces = [text, ...text.split(/\s*[()|/–—,·:;$€£¥\n]\s*|\s+-\s+/)];
  return pieces.map((piece) => places().get(piece.trim())).find(Boolean) ?? null;
};
const isChosen = (el) =>
  el.matches("[aria-current]:not([aria-current=false]), [aria-selected=true], .selected, .active, .current");
// The site's own country first, then one in whose language the page is, one for all, and one that speaks English.
const rankOf = ({ el, place }) => {
  if (isChosen(el)) return 0;
  if (place.code && place.code === home.region) return 1;
  if (place.language === home.language) return place.code ? 3 : 2;
  if (place.everywhere) return 4;
  return place.language === "en" ? 5 : 6;
};
const staysHere = (el) => {
  const link = el.closest("a[href]");
  if (!link || /^(#|javascript:)/i.test(link.getAttribute("href").trim())) return true;
  return link.origin === location.origin && !link.download;
};
// What in a box names a country or language and can be pressed, wherever that leads.
const placesIn = (parts) =>
  parts
    .filter((el) => el instanceof HTMLElement && isPressable(el) && isShown(el) && !el.matches(":disabled"))
    .filter((el) => !posts(el))
    .slice(0, MOST_CHOICES)
    .map((el) => ({ el, label: labelOf(el) }))
    .filter(({ label }) => label && label.length <= 40)
    .map((one) => ({ ...one, place: placeIn(one.label) }))
    .filter(({ place }) => place);
// A list of them, without those that leave the site, the best first; none where fewer than `least` are known.
const choicesOf = (parts, least = 2) => {
  const found = placesIn(parts);
  if (found.length < least) return [];
  return found.filter(({ el }) => staysHere(el)).sort((a, b) => rankOf(a) - rankOf(b));
};
// What is chosen in a select of countries; null in another one.
const placeOption = (select) => {
  const options = [...select.options].slice(0, MOST_CHOICES).map((el) => ({ el, place: placeIn(el.label) }));
  const known = options.filter(({ el, place }) => place && !el.disabled).sort((a, b) => rankOf(a) - rankOf(b));
  return known.length < 2 ? null : known[0].el.value;
};
const hintsOf = (el) =>
  plain(
    [el.name, el.id, el.placeholder, el.getAttribute("aria-label"), el.autocomplete, ...[...(el.labels ?? [])].map(
      (label) => label.innerText,
    )].join(" "),
  );
const NO_BIRTH = /mail|phone|tel\b|user|first|last|full ?name|address|street|city|zip|post|search|pass/;
const optionOf = (select) => {
  const options = [...select.options].filter((el) => !el.disabled);
  const year = options.find((el) => el.label.trim() === BIRTH.year || el.value === BIRTH.year);
  if (year) return year.value;
  if (options.length < 12 || options.length > 33) return null;
  return (options.find((el) => Number(el.value) === 5 || Number(el.label) === 5) ?? options[5]).value;
};
const dateIn = (order) => order.replace(/[djt]{1,2}/i, "05").replace(/m{1,2}/i, "05").replace(/[yja]{4}/i, BIRTH.year);
// What goes into a field of a question about the visitor's age; null for a field about something else.
const birthValue = (el) => {
  if (el.localName === "select") return optionOf(el) ?? placeOption(el);
  if (el.localName !== "input" || !/^(text|number|tel|date|month)$/.test(el.type)) return null;
  const hints = hintsOf(el);
  if (NO_BIRTH.test(hints)) return null;
  if (el.type === "date") return BIRTH.date;
  if (el.type === "month") return BIRTH.date.slice(0, 7);
  const shape = el.placeholder.trim();
  if (/^[dmytja]{1,4}[-/. ]+[dmytja]{1,4}[-/. ]+[dmytja]{1,4}$/i.test(shape)) return dateIn(shape);
  const most = el.maxLength > 0 ? el.maxLength : String(el.max || shape).length;
  if (most === 4 || /bday-year/.test(hints) || Number(el.min) > 1800 || about("year").test(hints)) return BIRTH.year;
  return most <= 2 && most > 0 ? "05" : null;
};
const fieldsOf = (parts) => parts.filter((part) => part.matches(TEXT_FIELDS) && isShown(part));
// What goes into each field of a box before its button is pressed; null where one of them is not for us to fill.
const entriesOf = (parts, valueOf) => {
  const entries = fieldsOf(parts).map((el) => ({ el, value: valueOf(el) }));
  return entries.length && entries.length <= 4 && entries.every(({ value }) => value) ? entries : null;
};
const birthEntries = (parts) => entriesOf(parts, birthValue);
const placeEntries = (parts) => entriesOf(parts, (el) => (el.localName === "select" ? placeOption(el) : null));
const setValue = (type, el, value) => {
  Object.getOwnPropertyDescriptor(type.prototype, "value").set.call(el, value);
  for (const name of ["input", "change"]) el.dispatchEvent(new Event(name, { bubbles: true, composed: true }));
};
