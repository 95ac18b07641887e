// Asks once; nothing of the page can be used before. `data-root="shadow"` puts the question into a shadow root.
if (!localStorage.getItem("hotel-consent")) {
  const host = document.createElement("div");
  const root = document.currentScript.dataset.root === "shadow" ? host.attachShadow({ mode: "open" }) : host;
  const style = root === host ? "" : '<link rel="stylesheet" href="/lab/kit.css">';
  root.innerHTML = `${style}<div class="shade"><div class="dialog stack" role="dialog" aria-modal="true" aria-label="Cookies">
    <h2>We value your privacy</h2><p>We and our 34 partners store cookies on your device to measure how this site is used.</p>
    <div class="stack" data-settings hidden>
      <label class="row"><input type="checkbox" checked disabled> Strictly necessary</label>
      <label class="row"><input type="checkbox"> Statistics</label><label class="row"><input type="checkbox"> Marketing</label></div>
    <div class="row"><button class="button line" data-do="settings">Settings</button><button class="button line" data-do="reject">Reject all</button>
      <button class="button" data-do="accept">Accept all cookies</button></div></div></div>`;
  root.addEventListener("click", ({ target }) => {
    const wanted = target.dataset?.do;
    if (wanted === "settings") root.querySelector("[data-settings]").hidden = false;
    if (wanted === "reject" || wanted === "accept") {
      localStorage.setItem("hotel-consent", wanted);
      host.remove();
    }
  });
  document.body.append(host);
}
