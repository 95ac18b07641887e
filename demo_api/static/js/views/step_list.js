/** The steps of a script as a list in which they are left out, moved and changed. */

import { announce, make, setText, $ } from "../dom.js";
import { canMove, move } from "../script_rows.js";
import { stepRow } from "./step_row.js";

//: How close to the edge of the window a dragged row scrolls the page, and by how much at once.
const EDGE_PX = 60;
const SCROLL_PX = 14;

/** Builds the list; `changed(kind)` is called when the user has changed it: "tick", "words" or "moved". */
export function stepList(changed) {
  const list = $("step-list");
  const border = make("li", { className: "step-border" }, "The film begins");
  let rows = [];
  let drawn = new Map();
  let divided = false;

  /** Shows other rows. */
  function show(newRows) {
    rows = newRows;
    divided = rows.some((row) => row.part === "before");
    drawn = new Map(rows.map((row) => [row, build(row)]));
    list.replaceChildren(...ordered());
    draw();
  }

  function build(row) {
    const built = stepRow(row, {
      changed: (kind) => {
        draw();
        changed(kind);
      },
      moved: (by) => {
        if (!canMove(rows, row, by, divided)) return;
        moveRow(row, by);
        tell(row);
        changed("moved");
      },
    });
    startDragging(row, built);
    return built;
  }

  /** The elements in their order, with the border between the parts. */
  function ordered() {
    const of = (part) => rows.filter((row) => row.part === part).map((row) => drawn.get(row).element);
    return [...of("before"), ...(divided ? [border] : []), ...of("steps")];
  }

  function moveRow(row, by) {
    move(rows, row, by, divided);
    const elements = ordered();
    const kept = drawn.get(row).element;
    const at = elements.indexOf(kept);
    // Only the others move: what has the focus or is dragged would lose it.
    kept.before(...elements.slice(0, at));
    kept.after(...elements.slice(at + 1));
    draw();
  }

  function draw() {
    rows.forEach((row, index) => drawn.get(row).draw(index + 1, (by) => canMove(rows, row, by, divided)));
    const off = rows.filter((row) => !row.on).length;
    setText($("step-count"), off ? `${rows.length - off} of ${rows.length}` : String(rows.length));
  }

  function tell(row) {
    const where = divided ? (row.part === "before" ? ", off camera" : ", in the film") : "";
    announce(`${drawn.get(row).said()}: now step ${rows.indexOf(row) + 1} of ${rows.length}${where}.`);
  }

  function startDragging(row, { element, grip }) {
    let moved = false;
    const follow = (event) => {
      if (!grip.hasPointerCapture(event.pointerId)) return;
      if (event.clientY < EDGE_PX) window.scrollBy(0, -SCROLL_PX);
      if (event.clientY > window.innerHeight - EDGE_PX) window.scrollBy(0, SCROLL_PX);
      for (let by; (by = direction(element, event.clientY)) && canMove(rows, row, by, divided); ) {
        moveRow(row, by);
        moved = true;
      }
    };
    grip.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      moved = false;
      grip.setPointerCapture(event.pointerId);
      element.classList.add("dragged");
    });
    grip.addEventListener("pointermove", follow);
    grip.addEventListener("lostpointercapture", () => {
      element.classList.remove("dragged");
      if (!moved) return;
      tell(row);
      changed("moved");
    });
  }

  /** Shows what is wrong, by row. */
  function showProblems(byRow) {
    for (const [row, built] of drawn) built.drawProblems(byRow.get(row) ?? []);
    return rows.filter((row) => byRow.has(row)).map((row) => rows.indexOf(row) + 1);
  }

  /** Puts the focus on the first step that is wrong; returns whether there is one. */
  function focusWrong() {
    const wrong = rows.find((row) => drawn.get(row).element.classList.contains("wrong"));
    if (wrong) drawn.get(wrong).focusWrong();
    return wrong !== undefined;
  }

  return { show, showProblems, focusWrong };
}

/** Whether the pointer has passed the middle of the neighbour above (-1) or below (1). */
function direction(element, y) {
  const middle = (other) => {
    const { top, height } = other.getBoundingClientRect();
    return top + height / 2;
  };
  const { previousElementSibling: previous, nextElementSibling: next } = element;
  if (previous && y < middle(previous)) return -1;
  return next && y > middle(next) ? 1 : 0;
}
