// Notes what lies over the page just before a click of the film, and what that click has opened.
if (request.job === "before") memory.present = new Set(layersOf().layers.map(({ el }) => el));
else if (memory.present) {
  for (const { el } of layersOf().layers) if (!memory.present.has(el)) memory.asked.add(el);
  memory.present = null;
}
return null;
