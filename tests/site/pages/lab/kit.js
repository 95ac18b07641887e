// Drawings and tables that the lab's apps are made of: no two of them look alike, and none needs a request.
const wave = (seed, count) => Array.from({ length: count }, (_, i) =>
  0.5 + 0.32 * Math.sin(seed * 1.7 + i * 0.8) + 0.16 * Math.sin(seed + i * 2.3));

const svg = (width, height, body) =>
  `<svg viewBox="0 0 ${width} ${height}" width="100%" role="img" aria-hidden="true">${body}</svg>`;

const bars = (seed, colour, count = 14, width = 640, height = 260) => svg(width, height, wave(seed, count).map((v, i) =>
  `<rect x="${(i + 0.15) * width / count}" y="${height - v * height}" width="${0.7 * width / count}" height="${v * height}" rx="4" fill="${colour}"/>`).join(""));

const line = (seed, colour, width = 640, height = 260) => {
  const points = wave(seed, 24).map((v, i) => `${(i * width) / 23},${height - v * height}`).join(" ");
  return svg(width, height, `<polygon points="0,${height} ${points} ${width},${height}" fill="${colour}" opacity=".2"/>
    <polyline points="${points}" fill="none" stroke="${colour}" stroke-width="4"/>`);
};

const ring = (part, colour, size = 180) => svg(size, size,
  `<circle cx="90" cy="90" r="68" fill="none" stroke="#e3e6ec" stroke-width="24"/>
   <circle cx="90" cy="90" r="68" fill="none" stroke="${colour}" stroke-width="24" stroke-dasharray="${part * 427} 427" transform="rotate(-90 90 90)"/>`);

// A landscape of hills under a sun, of other colours and shapes for each seed.
const art = (seed, width = 400, height = 260) => {
  const hue = (seed * 67) % 360, hill = (n) => {
    const points = wave(seed + n * 3, 9).map((v, i) => `${(i * width) / 8},${height * (0.35 + 0.16 * n) + v * 60}`).join(" ");
    return `<polygon points="0,${height} ${points} ${width},${height}" fill="hsl(${(hue + 40 * n) % 360} ${35 + 8 * n}% ${62 - 13 * n}%)"/>`;
  };
  return svg(width, height, `<rect width="${width}" height="${height}" fill="hsl(${hue} 60% 82%)"/>
    <circle cx="${width * (0.2 + 0.6 * ((seed * 0.37) % 1))}" cy="${height * 0.3}" r="34" fill="hsl(${(hue + 180) % 360} 85% 72%)"/>${[0, 1, 2, 3].map(hill).join("")}`);
};

const table = (head, rows) => `<table><thead><tr>${head.map((h) => `<th>${h}</th>`).join("")}</tr></thead>
  <tbody>${rows.map((r) => `<tr>${r.map((c) => `<td>${c}</td>`).join("")}</tr>`).join("")}</tbody></table>`;

// Shows a view by name in `root`, and marks the button of the same name.
const views = (root, buttons, drawn, first) => {
  const show = (name) => {
    root.innerHTML = drawn[name]();
    for (const button of buttons) button.setAttribute("aria-selected", String(button.dataset.view === name));
  };
  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.view));
  show(first);
};

const danger = (what) => fetch("/api/danger", { method: "POST", body: what });
