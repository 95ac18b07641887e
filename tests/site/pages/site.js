"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector) => document.querySelector(selector);
const post = (path, what) => fetch(path, { method: "POST", body: what });

document.documentElement.classList.add("js");

function toast(text) {
  all(".toast").forEach((old) => old.remove());
  const box = document.createElement("div");
  box.className = "toast";
  box.setAttribute("role", "status");
  box.textContent = text;
  document.body.append(box);
  setTimeout(() => box.remove(), 4000);
}

function revealOnScroll() {
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((each) => each.isIntersecting)) {
      entry.target.classList.add("seen");
      watch.unobserve(entry.target);
    }
  }, { rootMargin: "0px 0px -6% 0px" });
  all(".reveal").forEach((element) => watch.observe(element));
}

function menu() {
  one(".menu")?.addEventListener("click", (event) => {
    const open = one(".nav").classList.toggle("open");
    event.currentTarget.setAttribute("aria-expanded", open);
  });
}

function room() {
  const scene = one(".room");
  const lights = {
    dawn: ["310 lx", "3400 K"],
    noon: ["820 lx", "5600 K"],
    dusk: ["460 lx", "3000 K"],
    night: ["280 lx", "2700 K"],
  };
  all(".segments button").forEach((button) => button.addEventListener("click", () => {
    scene.dataset.time = button.dataset.time;
    all(".segments button").forEach((each) => each.setAttribute("aria-pressed", each === button));
    [one("#lux").textContent, one("#kelvin").textContent] = lights[button.dataset.time];
  }));
}

function tabs() {
  const list = all("[role=tab]");
  const pick = (tab) => list.forEach((each) => {
    const chosen = each === tab;
    each.setAttribute("aria-selected", chosen);
    each.tabIndex = chosen ? 0 : -1;
    one(`#${each.getAttribute("aria-controls")}`).hidden = !chosen;
  });
  list.forEach((tab, index) => {
    tab.addEventListener("click", () => pick(tab));
    tab.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (!step) return;
      const next = list[(index + step + list.length) % list.length];
      pick(next);
      next.focus();
    });
  });
}

function billing() {
  one(".switch")?.addEventListener("click", ({ currentTarget }) => {
    const yearly = currentTarget.getAttribute("aria-pressed") !== "true";
    currentTarget.setAttribute("aria-pressed", yearly);
    all(".price b").forEach((price) => {
      price.textContent = yearly ? price.dataset.yearly : price.dataset.monthly;
      price.classList.remove("turn");
      void price.offsetWidth;
      price.classList.add("turn");
    });
    all(".price span").forEach((note) => { note.textContent = yearly ? "per month, paid yearly" : "per month"; });
  });
}

function gallery() {
  const veil = one(".veil");
  let opener = null;
  const close = () => {
    if (!veil || veil.hidden) return;
    veil.hidden = true;
    opener.focus({ preventScroll: true });
  };
  all(".shot").forEach((shot) => shot.addEventListener("click", () => {
    opener = shot;
    one("#shot-title").textContent = shot.dataset.title;
    one("#shot-text").textContent = shot.dataset.text;
    one("#shot-lux").textContent = shot.dataset.lux;
    one("#shot-kelvin").textContent = shot.dataset.kelvin;
    one(".dialog .pic").replaceChildren(shot.querySelector("svg").cloneNode(true));
    veil.hidden = false;
    one("#shot-close").focus({ preventScroll: true });
  }));
  one("#shot-close")?.addEventListener("click", close);
  veil?.addEventListener("click", (event) => { if (event.target === veil) close(); });
  document.addEventListener("keydown", ({ key }) => { if (key === "Escape") close(); });
}

function buttons() {
  all("[data-danger]").forEach((button) => button.addEventListener("click", async () => {
    await post("/api/danger", button.dataset.danger);
    toast(button.dataset.done);
  }));
  all("[data-open]").forEach((button) => button.addEventListener("click", () => window.open(button.dataset.open)));
  all("[data-alert]").forEach((button) => button.addEventListener("click", () => alert(button.dataset.alert)));
  all("[data-toast]").forEach((button) => button.addEventListener("click", () => toast(button.dataset.toast)));
}

function forms() {
  all("form").forEach((form) => form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await post(form.getAttribute("action"), new URLSearchParams(new FormData(form)));
    toast(form.dataset.done);
  }));
}

[revealOnScroll, menu, room, tabs, billing, gallery, buttons, forms].forEach((start) => start());
