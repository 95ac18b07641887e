// What the answers and questions of overlays say, in the languages of explorer/languages/. The tables come once a
// document, see overlays.py, and become patterns when they are first asked for: first those of the page's language
// and English, and the others where something lies over the page that these do not tell. All are compared with
// `plain` text.
const PHRASES = window[Symbol.for("demo.phrases")];
if (!PHRASES) return "phrases";
const EDGE = "[\\p{L}\\p{M}\\p{N}]";
const MORE = PHRASES.partial ? "more phrases" : null;
const patterns = (PHRASES.patterns ??= new Map());
const made = (name, make) => patterns.get(name) ?? patterns.set(name, new RegExp(make(), "u")).get(name);
const either = (...parts) => parts.filter(Boolean).join("|");
// Among the words of a label; where a language writes no spaces, anywhere in it.
const words = (key) =>
  made(`words ${key}`, () => {
    const { spaced, joined } = PHRASES.answers[key];
    return either(spaced.length && `(?<!${EDGE})(?:${spaced.join("|")})(?!${EDGE})`, ...joined);
  });
// The whole label.
const whole = (key) =>
  made(`whole ${key}`, () => {
    const { spaced, joined } = PHRASES.answers[key];
    return `^(?:${either(...spaced, ...joined)})[.!…]*$`;
  });
// Anywhere in what a box says.
const about = (key) =>
  made(`about ${key}`, () => either(...PHRASES.about[key].spaced, ...PHRASES.about[key].joined));
const plain = (text) =>
  text.normalize("NFKC").toLowerCase().replace(/\u0307/g, "").replace(/ı/g, "i").replace(/ß/g, "ss")
    .replace(/[’`´]/g, "'").replace(/\s+/g, " ").trim();
const SIGNS = /^[x×✕✖✗╳⨯⨉🗙]$/u;
const saysClose = (text) => SIGNS.test(text) || whole("close").test(text);
