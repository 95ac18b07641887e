/** Asks for the API token when a call requires it, and retries that call. */

import { token } from "./api.js";
import { $, showText } from "./dom.js";

let pending = null;

/** Runs `work`; on a 401, asks for the token and runs it again. Throws what `work` throws. */
export async function withToken(work) {
  for (;;) {
    const used = token.get();
    try {
      return await work();
    } catch (error) {
      if (error.status !== 401) throw error;
      // Another call may have asked in the meantime.
      if (token.get() === used && !(await askToken(used !== null))) throw error;
    }
  }
}

/** Resolves to whether a token was entered; `wrong` when the last one was rejected. */
export function askToken(wrong = false) {
  if (wrong) token.forget();
  pending ??= new Promise((resolve) => open(wrong, resolve)).finally(() => {
    pending = null;
  });
  return pending;
}

function open(wrong, resolve) {
  const dialog = $("token");
  const field = $("token-value");
  showError(wrong ? "That token was not accepted. Check it, then try again." : "");
  field.value = "";
  const finish = (given) => {
    dialog.removeEventListener("close", cancel);
    $("token-form").onsubmit = null;
    $("token-no").onclick = null;
    dialog.close();
    resolve(given);
  };
  const cancel = () => finish(false);
  $("token-form").onsubmit = (event) => {
    event.preventDefault();
    const given = field.value.trim();
    // A token must be valid in a header.
    if (!/^[!-~]+$/.test(given)) return showError(given ? "A token has only letters, digits and signs." : "Paste the token first.");
    token.set(given);
    finish(true);
  };
  $("token-no").onclick = cancel;
  dialog.addEventListener("close", cancel);
  dialog.showModal();
  field.focus();
}

function showError(text) {
  showText($("token-error"), text);
  if (text) $("token-value").setAttribute("aria-invalid", "true");
  else $("token-value").removeAttribute("aria-invalid");
}
