async () => {
  const LIMIT_MS = 1000;
  const MAX_PX = 256;
  const LEAST_PX = 16;
  const canvas = (px) => Object.assign(document.createElement("canvas"), {width: px, height: px});
  const dot = canvas(1).getContext("2d", {willReadFrequently: true});

  /* Any CSS colour as [r, g, b], or null when it is none or lets much shine through. */
  const rgb = (css) => {
    if (!css || !CSS.supports("color", css)) return null;
    dot.clearRect(0, 0, 1, 1);
    dot.fillStyle = css;
    dot.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = dot.getImageData(0, 0, 1, 1).data;
    return a > 200 ? [r, g, b] : null;
  };
  /* Has a hue of its own, so that it can stand for the site: no white, grey or black. */
  const vivid = ([r, g, b]) => {
    const most = Math.max(r, g, b), least = Math.min(r, g, b);
    return most - least > 12 && (most - least) / most > 0.22;
  };
  const hex = (c) => "#" + c.map((n) => n.toString(16).padStart(2, "0")).join("");
  const seen = (e) => {
    const box = e.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && box.top < innerHeight && box.bottom > 0;
  };
  const all = (css, most = 40) => [...document.querySelectorAll(css)].filter(seen).slice(0, most);
  const paint = (e) => rgb(getComputedStyle(e).backgroundColor);
  const ink = (e) => rgb(getComputedStyle(e).color);

  const theme = () => {
    const meta = [...document.querySelectorAll("meta[name='theme-color' i]")]
      .filter((e) => !e.media || matchMedia(e.media).matches).map((e) => rgb(e.content?.trim()));
    const bars = all("header, [role=banner], nav, [class*=navbar], [class*=header], [class*=sidebar]");
    const buttons = all("button, [role=button], [type=submit], a[class*=btn], a[class*=button]");
    const links = all("a[href]").map(ink).filter((c) => c && hex(c) !== "#0000ee" && hex(c) !== "#551a8b");
    const page = [document.body, document.documentElement].filter(Boolean).map(paint);
    const found = [...meta, ...bars.map(paint), ...buttons.map(paint), ...links, ...page].filter(Boolean);
    const best = found.find(vivid) ?? found[0];
    return best ? hex(best) : "";
  };

  /* The largest size that a link tells of; vectors and home screen icons are large without telling. */
  const size = (link) => {
    if (/svg/.test(link.type) || /\.svg\b/.test(link.href) || link.sizes.contains("any")) return 512;
    const told = Math.max(0, ...[...link.sizes].map((text) => parseInt(text) || 0));
    return told || (/apple/.test(link.rel) ? 180 : 32);
  };
  const draw = async (href) => {
    const image = new Image();
    if (!href.startsWith("data:")) image.crossOrigin = "anonymous";
    image.src = href;
    await image.decode();
    const wide = image.naturalWidth || MAX_PX, high = image.naturalHeight || MAX_PX;
    if (Math.max(wide, high) < LEAST_PX) throw new Error("too small");
    const vector = /\.svg\b|^data:image\/svg/.test(href);
    const scale = Math.min(MAX_PX / Math.max(wide, high), vector ? Infinity : 1);
    const px = Math.round(Math.max(wide, high) * scale);
    const target = canvas(px), w = wide * scale, h = high * scale;
    target.getContext("2d").drawImage(image, (px - w) / 2, (px - h) / 2, w, h);
    return target.toDataURL("image/png").replace(/^data:image\/png;base64,/, "");
  };
  const icon = async () => {
    const links = [...document.querySelectorAll("link[rel~=icon i], link[rel*=apple-touch-icon i]")]
      .filter((link) => link.href && (!link.media || matchMedia(link.media).matches));
    const ranked = links.map((link) => [size(link), link.href]).sort((a, b) => b[0] - a[0]);
    const hrefs = [...new Set([...ranked.map((one) => one[1]).slice(0, 3), `${location.origin}/favicon.ico`])];
    for (const href of hrefs) {
      try { return await draw(href); } catch { /* the next one may do */ }
    }
    return "";
  };

  const late = new Promise((done) => setTimeout(done, LIMIT_MS, ""));
  return {theme: theme(), icon: await Promise.race([icon().catch(() => ""), late])};
}
