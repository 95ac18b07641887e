// Part 6: what icons say: words from the names of files, classes, symbols and fonts, and their very shapes.
const FONTS =
  "fa[bsrldt]?|bi|mdi|icons?|glyphicon|lucide|ti|octicon|codicon|feather|ri|pi|bx|la|uil|ph|tabler|heroicon" +
  "|anticon|el-icon|svg-inline--fa|typcn|ion|material-icons";
const NO_WORDS = "fw|lg|sm|xs|\\dx|w-\\d+|spin|icon|button|btn";
const ICON_CLASS = new RegExp(`(?:^|\\s)(?:${FONTS})-(?!(?:${NO_WORDS})\\b)([a-z][\\w-]*)`, "g");
const SMALL_PX = 48 * 48;
const LIGATURES = /material-(icons|symbols)|\bmat-icon\b/;
// A word that its font draws as a picture: nobody reads it.
const isGlyph = (el) =>
  !el.children.length &&
  /^[a-z_\d]{2,40}$/.test(el.textContent.trim()) &&
  (LIGATURES.test(attr(el, "class")) || /material (icons|symbols)/i.test(styleOf(el).fontFamily));
const wordsOfClass = (el) => [...attr(el, "class").matchAll(ICON_CLASS)].map((match) => match[1]);
const fileOf = (address) =>
  /^data:/.test(address) ? "" : (/([^/?#]+)\.(?:svg|png|gif|ico|webp|avif|jpe?g)(?:[?#].*)?$/i.exec(address)?.[1] ?? "");
const wordsOf = (el) => {
  const link = el.localName === "use" ? attr(el, "href") || attr(el, "xlink:href") : "";
  const iconified = /^(iconify-icon|ion-icon|sl-icon|mat-icon|v-icon)$/.test(el.localName);
  return [
    link.includes("#") ? link.split("#").pop() : fileOf(link),
    attr(el, "data-icon") || attr(el, "data-lucide") || attr(el, "data-feather"),
    /^(\w+)Icon$/.exec(attr(el, "data-testid"))?.[1], // Material UI
    iconified ? attr(el, "icon") || attr(el, "name") || attr(el, "svgicon") : "",
    ...wordsOfClass(el),
    isGlyph(el) ? el.textContent.trim() : "",
    el.localName === "img" ? fileOf(attr(el, "src")) : "",
    el.localName === "svg" ? attr(el, "name") : "",
  ].filter(Boolean);
};
const PARTS = "use, i, span, svg, img, iconify-icon, ion-icon, sl-icon, mat-icon, v-icon";
const partsOf = (el) => [...(rootOf(el) ?? el).querySelectorAll(PARTS)].slice(0, 12);
// The words of an element's icons, without repeats; a big box's pictures are no icons.
const iconWords = memo((el) => {
  const image = /^url\(["']?(.*?)["']?\)/.exec(styleOf(el).backgroundImage)?.[1] ?? "";
  const found = [...partsOf(el).flatMap(wordsOf), ...wordsOf(el), fileOf(image)];
  return [...new Set(found.filter(Boolean).map((word) => word.slice(0, 40)))].slice(0, 6);
});
// The handle in the corner of a small button is named as the button is.
const titleAround = (el) => {
  const host = el.parentElement ?? el.getRootNode().host;
  const around = host && (areaOf(host) <= 2 * areaOf(el) || areaOf(host) <= SMALL_PX);
  return around ? attr(host, "aria-label") || attr(host, "title") : "";
};
// What an icon without a name is told by: its drawing. Numbers that animate it live elsewhere.
const DRAWING = ["d", "points", "r", "x1", "y1", "src"];
const shapeOf = (el) =>
  [...(rootOf(el) ?? el).querySelectorAll("path, polygon, polyline, circle, rect, line, img")]
    .slice(0, 12)
    .flatMap((part) => [part.localName, ...DRAWING.map((name) => attr(part, name).slice(0, 200))])
    .join(";");
