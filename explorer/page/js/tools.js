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
const isDrawingTool = (el) => {
  if (hrefOf(el) || isField(el) || /^(nav|footer|dialog)$/.test(landmarkOf(el))) return false;
  const { width, height } = el.getBoundingClientRect();
  if (width > 160 || height > 80 || !surfaces("svg, canvas").length) return false;
  if (!visibleText(el) && !partsOf(el).length && !rootOf(el)) return false; // a patch of colour
  const words = [spoken(el), tooltipOf(el), ...iconWords(el), ownWords(el)].join(" ").replace(/[_-]/g, " ");
  return DRAWS.test(words) && likeOf(el).length + likeOf(el.parentElement ?? el).length >= 3;
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
const useOf = (el) => (el === sheetCell("") ? "cell" : isDrawingTool(el) ? "draw" : "");
