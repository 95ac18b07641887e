/** Asks for the API's token when it turns out to be needed, and does again what needed it. */

import { token } from "./api.js";
import { $, say } from "./dom.js";

let pending = null;

/** Does `work`; where the API wants a token, asks for one and does it again. Raises what `work` raises. */
export async function withToken(work) {
  for (;;) {
    const used = token.get();
    try {
      return await work();
    } catch (error) {
      if (error.status !== 401) throw error;
      // Somebody else may have asked in the meantime.
      if (token.get() === used && !(await askToken(used !== null))) throw error;
    }
  }
}

/** Whether the person has given a token; `wrong` when the last one was turned down. */
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
  complain(wrong ? "That token was not accepted. Check it, then try again." : "");
  field.value = "";
  const answer = (given) => {
    dialog.removeEventListener("close", no);
    $("token-form").onsubmit = null;
    $("token-no").onclick = null;
    dialog.close();
    resolve(given);
  };
  const no = () => answer(false);
  $("token-form").onsubmit = (event) => {
    event.preventDefault();
    const given = field.value.trim();
    // What cannot stand in a header cannot be a token.
    if (!/^[!-~]+$/.test(given)) return complain(given ? "A token has only letters, digits and signs." : "Paste the token first.");
    token.set(given);
    answer(true);
  };
  $("token-no").onclick = no;
  dialog.addEventListener("close", no);
  dialog.showModal();
  field.focus();
}

function complain(text) {
  say($("token-error"), text);
  if (text) $("token-value").setAttribute("aria-invalid", "true");
  else $("token-value").removeAttribute("aria-invalid");
}
