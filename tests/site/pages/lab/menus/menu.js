// Menus that open under the pointer, and stay open after a click, as on many sites of museums and universities.
const PAGES = { Visit: ["Hours", "Tours", "Garden"], Collection: ["Glass", "Maps", "Clocks"], Learn: ["Schools", "Library", "Evenings"] };
const address = (name) => `/lab/menus/${name.toLowerCase()}.html`;
document.querySelector("header").innerHTML = `<a class="brand" href="/lab/menus/">Museum of Small Things</a>${Object.entries(PAGES).map(([menu, names], n) =>
  `<div class="menu"><button aria-haspopup="true" aria-expanded="false">${menu}</button><div class="drop"><div>${names.map((name) => `<a href="${address(name)}">${name}</a>`).join("")}</div>${art(100 + n, 260, 200)}</div></div>`).join("")}`;
for (const menu of document.querySelectorAll(".menu")) {
  const button = menu.querySelector("button");
  button.addEventListener("click", () => button.setAttribute("aria-expanded", String(menu.classList.toggle("open"))));
}
