// Part 8c: what is used rather than pressed: a tool to draw with, and the cells of a sheet.
const DRAWS = /\b(rect(angle)?|square|circle|ellipse|oval|line|pencil|brush|draw|freehand|marker|star|highlighter)\b/i;
const MIN_SURFACE = 0.2; // of the viewport
const seenArea = (el) => {
  const { left, right, top, bottom } = el.getBoundingClientRect();
  const [width, height] = [Math.min(right, innerWidth) - Math.max(left, 0), Math.min(bottom, innerHeight) - Math.max(top, 0)];
  return width > 0 && height > 0 ? (width * height) / (innerWidth * innerHeight) : 0;
};
const surfaces = memo((selector) =>
  [...document.querySelectorAll(selector)]
    .filter((el) => isShown(el) && seenArea(el) >= MIN_SURFACE && !el.closest("a, button"))
    .sort((one, other) => seenArea(other) - seenArea(one)),
);
// Tools stand side by side, each perhaps in a box or a component of its own; so do colours, in greater numbers.
const FEW_TOOLS = 3;
const MANY_TOOLS = 24;
const toolsBeside = (el) => {
  for (let node = el, n = 0; node && n < 3 && !isPage(node); n++, node = hostOrParent(node)) {
    const group = likeOf(node);
    if (group.length >= FEW_TOOLS) return group.length <= MANY_TOOLS ? group : [];
  }
  return [];
};
const saysDraw = memo((el) => {
  const inner = [...(rootOf(el)?.children ?? [])].map(tooltipOf);
  const words = [spoken(el), tooltipOf(el), ...inner, ...iconWords(el), ownWords(el)].join(" ");
  return DRAWS.test(words.replace(/[_-]/g, " "));
});
const isTool = (el) => {
  if (hrefOf(el) || isField(el) || /^(nav|footer|dialog)$/.test(landmarkOf(el))) return false;
  const { width, height } = el.getBoundingClientRect();
  if (width > 160 || height > 80 || !surfaces("svg, canvas").length) return false;
  return !!visibleText(el) || partsOf(el).length > 0 || !!rootOf(el); // else it is a patch of colour
};
// Shapes to be put on a drawing: pictures without words, in several lines and columns.
const MANY_SHAPES = 8;
const isShape = (el) => !!el.querySelector("svg, canvas, img") && !visibleText(el);
const isAmongShapes = (el) => {
  const group = likeOf(el);
  if (group.length < MANY_SHAPES || !isShape(el) || group.filter(isShape).length < 0.8 * group.length) return false;
  const rects = group.map((one) => one.getBoundingClientRect());
  return [new Set(rects.map(({ left }) => left)), new Set(rects.map(({ top }) => top))].every(({ size }) => size > 1);
};
const toolOf = (el) => {
  if (!isTool(el)) return "";
  if (isAmongShapes(el)) return "draw";
  const beside = toolsBeside(el);
  if (beside.length && saysDraw(el)) return "draw";
  // Beside tools that draw stand those that select, zoom or pick a colour, which by themselves show nothing.
  return !visibleText(el) && beside.some(saysDraw) ? "mode" : "";
};
// A sheet has columns called A, B and C, or is a picture whose box says so.
const SHEET = /(^|[\s_-])(spread)?sheets?([\s_-]|$)|spreadsheet/i;
const isLettered = (grid) => {
  const heads = [...grid.querySelectorAll("th, thead td, [role=columnheader], tr:first-child td")].slice(0, 12);
  return /(^| )A B C( |$)/.test(heads.map((head) => tidy(head.textContent)).join(" "));
};
const sheetCell = memo(() => {
  const drawn = surfaces("canvas").find((el) => {
    for (let node = el, n = 0; node && n < 6; n++, node = node.parentElement)
      if (SHEET.test(`${attr(node, "class")} ${attr(node, "id")}`)) return true;
    return false;
  });
  if (drawn) return drawn;
  const grid = [...document.querySelectorAll("table, [role=grid]")].find((one) => seenArea(one) > 0.1 && isLettered(one));
  const cells = grid ? [...grid.querySelectorAll("tbody td, [role=gridcell]")] : [];
  const usable = cells.filter((el) => isShown(el) && seenArea(el) > 0 && !el.querySelector("a, button, input"));
  const empty = usable.filter((el) => !tidy(el.textContent) && el.getBoundingClientRect().left > 60);
  return empty[Math.min(empty.length - 1, 9)] ?? usable[Math.min(usable.length - 1, 9)] ?? null;
});
const useOf = (el) => (el === sheetCell("") ? "cell" : toolOf(el));
