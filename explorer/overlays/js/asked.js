// Notes what lies over the page just before a click of the film, and what that click has opened. A view of an app
// that takes the place of another is the page itself.
const VIEWS = "main, [role=main], nav, [role=navigation]";
const isView = (el) => el.matches(VIEWS) || !!el.querySelector(VIEWS);
if (request.job === "before") memory.present = new Set(layersOf().layers.map(({ el }) => el));
else if (memory.present) {
  for (const { el } of layersOf().layers) if (!memory.present.has(el) && !isView(el)) memory.asked.add(el);
  memory.present = null;
}
return null;
