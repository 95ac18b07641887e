// A page that never stands still and says in every picture which picture it is, so that a film of it can be
// checked frame by frame. The cells in the corner are read by tests/benchmark/frames/codes.py.
//
// 56 bits, most significant first: page (2), pictures painted so far (14), wall clock in ms (20), offset of the
// text in px (12), and a checksum of these six bytes (8). A black cell is a 1.

const COLUMNS = 28, CELL_WIDTH_PX = 20, CELL_HEIGHT_PX = 16;
const REST_MS = 1200, SCROLL_MS = 2800, SCROLL_PX = 1000, LEGS = 3;
const WORDS = ("the film shows what a person would see while reading and scrolling through some pages of text with " +
  "headings code figures like 1024 or 3.14 and names such as Ada Lovelace in between so that every letter counts " +
  "for sharp edges thin strokes commas, dots. and (brackets) which a poor encoder blurs at once").split(" ");

const cells = [];
let painted = 0, seed = Number(document.body.dataset.page) + 1;

function words(count) {
  const chosen = [];
  while (chosen.length < count) {
    seed = (seed * 48271) % 2147483647;
    chosen.push(WORDS[seed % WORDS.length]);
  }
  return chosen.join(" ");
}

function add(parent, tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  parent.append(element);
}

function build() {
  for (let index = 0; index < 2 * COLUMNS; index++) {
    const cell = document.createElement("i");
    cell.style.left = `${(index % COLUMNS) * CELL_WIDTH_PX}px`;
    cell.style.top = `${Math.floor(index / COLUMNS) * CELL_HEIGHT_PX}px`;
    cells.push(document.querySelector("#code").appendChild(cell));
  }
  const panel = document.querySelector("#panel");
  for (let section = 1; section <= 16; section++) {
    add(panel, "h2", `${section}. ${words(4)}`);
    add(panel, "p", words(48));
    add(panel, "pre", `def ${words(1).replace(/\W/g, "")}(a, b):\n    return {"${words(2)}": a ** 2 - b / 7}`);
    add(panel, "small", words(24));
  }
  for (let section = 0; section < 12; section++) add(document.querySelector("main"), "p", words(60));
}

/** Where the text stands: it rests, moves down by a leg with a soft start and end, and after the last leg back up. */
function offsetAt(nowMs) {
  const leg = Math.floor(nowMs / (REST_MS + SCROLL_MS));
  const part = Math.max(0, (nowMs - leg * (REST_MS + SCROLL_MS) - REST_MS) / SCROLL_MS);
  const along = leg % (2 * LEGS) + (1 - Math.cos(Math.PI * part)) / 2;
  return Math.round(SCROLL_PX * (along <= LEGS ? along : 2 * LEGS - along));
}

/** Shows the text at an offset, and the code that says so. */
function render(offset, atMs) {
  document.querySelector("#panel").scrollTop = offset;
  const page = Number(document.body.dataset.page), clock = Math.round(atMs) % 2 ** 20;
  const low = (clock % 2 ** 12) * 2 ** 12 + offset;
  const high = page * 2 ** 22 + (painted % 2 ** 14) * 2 ** 8 + Math.floor(clock / 2 ** 12);
  const bytes = [high >> 16, high >> 8, high, low >> 16, low >> 8, low].map((value) => value & 255);
  bytes.push((bytes.reduce((sum, byte) => sum + byte) ^ 0xa5) & 255);
  cells.forEach((cell, index) => {
    const colour = bytes[index >> 3] & (128 >> (index & 7)) ? "#000" : "#fff";
    if (cell.dataset.colour !== colour) cell.style.background = cell.dataset.colour = colour;
  });
}

function animate(nowMs) {
  painted += 1;
  render(offsetAt(nowMs), performance.timeOrigin + nowMs);
  requestAnimationFrame(animate);
}

build();
// With #still nothing moves by itself: the benchmark calls render() and takes lossless pictures.
if (location.hash !== "#still") requestAnimationFrame(animate);
