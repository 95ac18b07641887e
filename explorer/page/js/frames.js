// Part 10: frames, which their page sees as boxes that things lie in, perhaps scaled, rotated or zoomed.
const MIN_FRAME = 20; // smaller ones are there to measure, not to be seen
const ROUNDING = 0.01; // `offsetWidth` is rounded: a smaller difference of sizes is no scale
// The part of an element's own transforms that is not translation, flattened to two dimensions.
const linearOf = (style) => {
  const turn = style.rotate === "none" ? [] : style.rotate.split(" ");
  const axis = { 2: `rotate${turn[0]?.toUpperCase()}(${turn[1]})`, 4: `rotate3d(${turn.join()})` };
  const size = style.scale === "none" ? [] : style.scale.split(" ");
  const whole = new DOMMatrix(turn.length ? (axis[turn.length] ?? `rotate(${turn[0]})`) : "")
    .multiply(new DOMMatrix(size.length ? `scale${size.length > 2 ? "3d" : ""}(${size.join()})` : ""))
    .multiply(new DOMMatrix(style.transform));
  return new DOMMatrix([whole.m11, whole.m12, whole.m21, whole.m22, 0, 0]);
};
const linearWithin = (el) => {
  let whole = linearOf(styleOf(el));
  for (let box = shownIn(el); box; box = shownIn(box)) {
    const style = styleOf(box);
    if (!/^(inline|contents)$/.test(style.display)) whole = linearOf(style).multiply(whole);
  }
  return whole;
};
// Zoom and the `viewBox` of an SVG are no transforms: they show in how large the box has become.
const fitted = (matrix, el, rect) => {
  const wide = Math.abs(matrix.a) * el.offsetWidth + Math.abs(matrix.c) * el.offsetHeight;
  const high = Math.abs(matrix.b) * el.offsetWidth + Math.abs(matrix.d) * el.offsetHeight;
  if (!wide || !high) return matrix;
  let [x, y] = [rect.width / wide, rect.height / high];
  if (Math.abs(x - 1) < ROUNDING && Math.abs(y - 1) < ROUNDING) return matrix;
  if (matrix.b || matrix.c) x = y = Math.sqrt(x * y);
  return new DOMMatrix([x, 0, 0, y, 0, 0]).multiply(matrix);
};
// From coordinates of the frame's content to ours: an affine map takes the centre of a box to the centre of
// the upright box around its image, wherever the origins of the transforms are.
const mapOfFrame = (el, rect) => {
  const style = styleOf(el);
  const side = (name) => parseFloat(style[name]) || 0;
  const left = el.clientLeft + side("paddingLeft");
  const top = el.clientTop + side("paddingTop");
  const centre = centreOf(rect);
  const map = new DOMMatrix([1, 0, 0, 1, centre.x, centre.y])
    .multiply(fitted(linearWithin(el), el, rect))
    .translate(left - el.offsetWidth / 2, top - el.offsetHeight / 2);
  const width = el.clientWidth - side("paddingLeft") - side("paddingRight");
  return { map, width, height: el.clientHeight - side("paddingTop") - side("paddingBottom") };
};
// The part of our view through which the frame is seen.
const seenThrough = (el, rect) => {
  const seen = {
    left: Math.max(rect.left, view.left),
    top: Math.max(rect.top, view.top),
    right: Math.min(rect.right, view.right),
    bottom: Math.min(rect.bottom, view.bottom),
  };
  for (const [box] of clipsOf(el)) {
    const clip = box.getBoundingClientRect();
    seen.left = Math.max(seen.left, clip.left);
    seen.top = Math.max(seen.top, clip.top);
    seen.right = Math.min(seen.right, clip.right);
    seen.bottom = Math.min(seen.bottom, clip.bottom);
  }
  return seen;
};
const frameOf = (el) => {
  const rect = el.getBoundingClientRect();
  const { map, width, height } = mapOfFrame(el, rect);
  const isFlat = Math.abs(map.a * map.d - map.b * map.c) > 1e-6; // else it is seen from the side
  const { left, top, right, bottom } = seenThrough(el, rect);
  const back = map.inverse();
  const corners = [left, right].flatMap((x) => [top, bottom].map((y) => back.transformPoint({ x, y })));
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  const isSeen = isFlat && right > left && bottom > top;
  return {
    selector: selectorFor(el, catalogue()),
    landmark: landmarkOf(el),
    shown:
      isFlat &&
      isShown(el) &&
      !isBlocked(el) &&
      Math.min(rect.width, rect.height) >= MIN_FRAME &&
      reach(el, centreOf(rect)) !== "",
    matrix: [map.a, map.b, map.c, map.d, map.e, map.f],
    view: isSeen
      ? {
          left: Math.max(0, Math.min(...xs)),
          top: Math.max(0, Math.min(...ys)),
          right: Math.min(width, Math.max(...xs)),
          bottom: Math.min(height, Math.max(...ys)),
        }
      : { left: 0, top: 0, right: -1, bottom: -1 },
  };
};
// What lies over a frame at each of these points; "" where a click gets through to it.
const coversOf = (el) =>
  request.points.map((point) => {
    const hit = hitAt(point);
    return hit === el ? "" : nameOfCover(hit ?? document.body).slice(0, 100);
  });
// Where in its frame the middle of an element lies, as far as the frame shows it.
const middleOf = (el) => {
  const rect = isUsable(el) ? rectsOf(el)[0] : null;
  if (!rect) return null;
  const { x, y } = centreOf(rect);
  return { x: Math.max(0, Math.min(innerWidth, x)), y: Math.max(0, Math.min(innerHeight, y)) };
};
