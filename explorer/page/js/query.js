// Part 10: which of all that was asked for. Frames are seen by their page as boxes that things lie in.
const MIN_FRAME = 20; // smaller ones are there to measure, not to be seen
const frameOf = (el) => {
  const rect = el.getBoundingClientRect();
  const style = styleOf(el);
  const side = (name) => parseFloat(style[name]) || 0;
  const x = rect.left + el.clientLeft + side("paddingLeft");
  const y = rect.top + el.clientTop + side("paddingTop");
  const [right, bottom] = [rect.right - side("paddingRight"), rect.bottom - side("paddingBottom")];
  const seen = { left: x, top: y, right, bottom };
  for (const [box] of clipsOf(el)) {
    const clip = box.getBoundingClientRect();
    seen.left = Math.max(seen.left, clip.left);
    seen.top = Math.max(seen.top, clip.top);
    seen.right = Math.min(seen.right, clip.right);
    seen.bottom = Math.min(seen.bottom, clip.bottom);
  }
  return {
    selector: selectorFor(el, catalogue()),
    landmark: landmarkOf(el),
    shown:
      isShown(el) &&
      !isBlocked(el) &&
      Math.min(rect.width, rect.height) >= MIN_FRAME &&
      reach(el, centreOf(rect)) !== "",
    x,
    y,
    view: {
      left: Math.max(seen.left, view.left) - x,
      top: Math.max(seen.top, view.top) - y,
      right: Math.min(seen.right, view.right) - x,
      bottom: Math.min(seen.bottom, view.bottom) - y,
    },
  };
};
// What lies over a frame at each of these points; "" where a click gets through to it.
const coversOf = (el) =>
  request.points.map((point) => {
    const hit = hitAt(point);
    return hit === el ? "" : nameOfCover(hit ?? document.body).slice(0, 100);
  });
// How far down its frame an element lies, as far as the frame shows it.
const depthOf = (el) => {
  const rect = isUsable(el) ? rectsOf(el)[0] : null;
  return rect ? Math.max(0, Math.min(innerHeight, centreOf(rect).y)) : null;
};

const one = targets.length === 1 ? targets[0] : null;
if (request.job === "discover") return discover();
const answers = {
  findClickPoint: [findClickPoint, null],
  reveal: [reveal, 0],
  describe: [describeNow, null],
  scrollContainers: [scrollContainers, false],
  selector: [(el) => selectorFor(el, catalogue()), null],
  depth: [depthOf, null],
  frame: [frameOf, null],
  covers: [coversOf, null],
  staysIn: [staysIn, null],
};
const [answer, missing] = answers[request.job];
if (!targets.length && hooks?.hasClosedRoots()) return { retry: true };
return one ? answer(one) : missing;
