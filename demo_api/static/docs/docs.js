// Shows the OpenAPI document with Swagger UI, in the preferred colour scheme.

const dark = matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
paint();
dark.addEventListener("change", paint);

// Accessibility fixes of Swagger UI: names of lists, levels of headings, links inside of buttons,
// and keyboard access to scrolling text.
const FIXES = {
  "button a[href]": (link) => link.removeAttribute("href"),
  "select:not([aria-label])": (list) => {
    const what = list.closest(".content-type-wrapper, .content-type") ? "Media type" : "Example";
    list.setAttribute("aria-label", what);
  },
  "h3.opblock-tag:not([aria-level])": (heading) => heading.setAttribute("aria-level", "2"),
  ".opblock-body h4:not([aria-level])": (heading) => heading.setAttribute("aria-level", "3"),
  "section.models > h4:not([aria-level])": (heading) => heading.setAttribute("aria-level", "2"),
  ".microlight:not([tabindex])": (text) => text.setAttribute("tabindex", "0"),
  ".information-container:not([role])": (about) => {
    about.setAttribute("role", "region");
    about.setAttribute("aria-label", "About this API");
  },
};
const reference = document.getElementById("reference");
const applyFixes = () => {
  for (const [selector, change] of Object.entries(FIXES)) reference.querySelectorAll(selector).forEach(change);
};
new MutationObserver(applyFixes).observe(reference, { childList: true, subtree: true });

SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null,
  syntaxHighlight: { theme: "obsidian" },
});
