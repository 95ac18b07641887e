// What a start page shows, as far as is needed to say whether it is a page: one walk over what is rendered.
(request) => {
  const MAX_NODES = 6000;
  const MAX_TEXT = 2500;
  const MAX_LINE = 200;
  const MAX_HEADINGS = 12;
  // Only what is meant to be read at a glance is a heading by its size.
  const LARGE_PX = 22;
  // Smaller pictures only count visitors, as do frames of which nothing but the border is left.
  const LEAST_PX = 5;
  // What is not the page's own: the site around it, and what lies over it.
  const SITE = "header,nav,footer,aside,[role=banner],[role=navigation],[role=contentinfo],[role=complementary]";
  const OVER = "dialog,[role=dialog],[role=alertdialog],[aria-modal=true]";
  const NAMED = "[id*=footer i],[class*=footer i],[id*=cookie i],[class*=cookie i],[class*=consent i]";
  const PRESSED = "a,button,[role=button],[role=link],select,option,label,textarea";
  const HEADING = "h1,h2,h3,[role=heading]";
  const SHOWS =
    "canvas,video,iframe,frame,embed,object,input:not([type=hidden]),button,select,textarea,progress,meter,hr";
  const TYPED =
    "textarea,select,input:not([type=hidden],[type=checkbox],[type=radio],[type=submit],[type=button],[type=image])";
  const SKIPPED = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "HEAD"]);

  // From their prototypes: a page may have elements that are called `title` or `body`.
  const own = (name) => Object.getOwnPropertyDescriptor(Document.prototype, name).get.call(document);
  const find = (selector) => Document.prototype.querySelector.call(document, selector);
  const body = own("body");
  const root = own("documentElement");
  const squeeze = (text) => text.replace(/\s+/g, " ").trim();
  const solid = (colour) => colour && !/^transparent$|^rgba\(.*, 0\)$|\/ 0\)$/.test(colour);
  const ground =
    [body, root].map((one) => one && getComputedStyle(one).backgroundColor).find(solid) ?? "rgb(255, 255, 255)";

  const seen = { paints: false, below: false, fields: 0, links: 0, frames: 0 };
  const headings = [];
  const large = [];
  let prose = "";
  let text = "";

  const note = ({ left, right, top, bottom, width, height }) => {
    if (width < LEAST_PX || height < LEAST_PX || right <= 0 || bottom <= 0 || left >= innerWidth) return false;
    seen[top >= innerHeight ? "below" : "paints"] = true;
    return true;
  };
  const decorates = (style) =>
    style.backgroundImage !== "none" ||
    style.boxShadow !== "none" ||
    (solid(style.backgroundColor) && style.backgroundColor !== ground) ||
    ["Top", "Right", "Bottom", "Left"].some(
      (side) => parseFloat(style[`border${side}Width`]) > 0 && solid(style[`border${side}Color`]),
    );
  const generates = (style) =>
    !["none", "normal"].includes(style.content) && (/[^\s"']/.test(style.content) || decorates(style));
  const paints = (element) => {
    if (element.matches("img")) return element.naturalWidth > 0 || Boolean(element.alt);
    if (element.matches("svg")) return element.childElementCount > 0;
    if (element.matches(SHOWS)) return true;
    // What a component draws into its own closed root cannot be seen from here.
    if (element.localName.includes("-") && element.matches(":defined") && !element.shadowRoot) return true;
    if (element !== root && decorates(getComputedStyle(element))) return true;
    return [":before", ":after"].some((part) => generates(getComputedStyle(element, part)));
  };

  const read = (node, inside) => {
    const line = squeeze(node.data);
    const parent = node.parentElement ?? root;
    if (!line || inside.hidden) return;
    const range = document.createRange();
    range.selectNodeContents(node);
    const { width, height } = parent.getBoundingClientRect();
    const style = getComputedStyle(parent);
    // Written for screen readers only, in a box of one pixel.
    if (style.overflow !== "visible" && (width < LEAST_PX || height < LEAST_PX)) return;
    if (!note(range.getBoundingClientRect())) return;
    if (text.length < MAX_TEXT) text += `${line}\n`;
    if (inside.pressed || inside.apart || inside.heading) return;
    if (prose.length < MAX_TEXT) prose += `${line}\n`;
    const size = parseFloat(style.fontSize);
    if (size >= LARGE_PX && line.length < MAX_LINE) large.push({ size, line });
  };

  // What lies inside, or null when nothing of it can be seen.
  const enter = (element, inside) => {
    if (SKIPPED.has(element.tagName)) return null;
    const visible = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    const style = getComputedStyle(element);
    // Further down, `visibility` may be undone and `display: contents` has no box; the others hide all.
    if (!visible && (style.display === "none" || Number(style.opacity) === 0)) return null;
    if (visible && !(seen.paints && seen.below) && paints(element)) note(element.getBoundingClientRect());
    const isHeading = element.matches(HEADING);
    const here = {
      hidden: style.visibility !== "visible",
      heading: inside.heading || isHeading,
      pressed: inside.pressed || element.matches(PRESSED),
      apart: inside.apart || (element !== body && element.matches(`${SITE},${OVER},${NAMED}`)),
    };
    seen.fields += visible && element.matches(TYPED);
    seen.links += element.matches("a[href]");
    seen.frames += visible && element.matches("iframe,frame") && element.offsetHeight >= LEAST_PX;
    if (isHeading && visible && headings.length < MAX_HEADINGS) {
      const line = squeeze(element.innerText ?? "").slice(0, MAX_LINE);
      const level = Number(element.tagName[1]) || 2;
      if (line) headings.push({ rank: level + (here.apart ? 10 : 0), line });
    }
    return here;
  };

  const stack = body ? [[body, { hidden: false, heading: false, pressed: false, apart: false }]] : [];
  for (let nodes = 0; stack.length && nodes < MAX_NODES; nodes++) {
    const [node, inside] = stack.pop();
    if (node.nodeType === Node.TEXT_NODE) read(node, inside);
    if (node.nodeType !== Node.ELEMENT_NODE) continue;
    const here = enter(node, inside);
    if (!here) continue;
    const children = [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes];
    for (const child of children.slice(0, MAX_NODES).reverse()) stack.push([child, here]);
  }

  const isJson = () => {
    if (!body || body.childElementCount || !/^\s*[[{]/.test(body.textContent)) return false;
    try {
      JSON.parse(body.textContent);
      return true;
    } catch {
      return false;
    }
  };
  // The page's own headings before those of the site around it, and higher levels first.
  headings.sort((one, other) => one.rank - other.rank);
  large.sort((one, other) => other.size - one.size);
  return {
    type: own("contentType"),
    loaded: own("readyState") === "complete",
    tree: Boolean(find("#webkit-xml-viewer-source-xml")),
    json: isJson(),
    title: squeeze(own("title")).slice(0, 300),
    headings: headings.map((one) => one.line),
    sections: headings.filter((one) => one.rank < 10).length,
    large: large.slice(0, 3).map((one) => one.line),
    text,
    prose,
    ...seen,
    refresh: find("meta[http-equiv=refresh i]")?.getAttribute("content") ?? "",
    selectors: request.selectors.filter((selector) => find(selector)),
  };
}
