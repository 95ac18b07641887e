/** Previews the chosen style, size and captions beside the form. */

import { $, setText } from "../dom.js";
import { SIZES } from "../text/labels.js";

export function drawStylePreview(form) {
  const { style, size, captions, zoom, fps, format } = form.elements;
  const box = $("sample");
  const before = JSON.stringify(box.dataset);
  box.dataset.style = style.value;
  box.dataset.size = size.value;
  box.toggleAttribute("data-captions", captions.checked);
  box.toggleAttribute("data-zoom", zoom.checked);
  const parts = [style.value === "studio" ? "Studio" : "Plain", SIZES[size.value], format.value.toUpperCase()];
  if (fps.value !== "30") parts.push(`${fps.value} fps`);
  if (captions.checked) parts.push("captions");
  setText($("sample-note"), parts.join("  ·  "));
  if (before !== JSON.stringify(box.dataset)) replay(box);
}

/** Restarts the preview's animations. */
function replay(box) {
  for (const motion of box.getAnimations?.({ subtree: true }) ?? []) {
    motion.cancel();
    motion.play();
  }
}
