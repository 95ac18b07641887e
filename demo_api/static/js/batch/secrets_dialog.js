/** Asks for the secrets of a batch that has ended, which were deleted. */

import { $, make } from "../dom.js";

/** Resolves to the values by name; null if they were not given. */
export function askSecrets(names) {
  const dialog = $("secrets");
  const fields = names.map((name) => {
    const input = make("input", { id: `again-${name}`, name, type: "password", autocomplete: "off", required: true });
    return make("div", { className: "field" }, make("label", { htmlFor: input.id }, name), input);
  });
  $("secrets-fields").replaceChildren(...fields);
  const inputs = [...$("secrets-fields").querySelectorAll("input")];
  return new Promise((resolve) => {
    let given = null;
    $("secrets-form").onsubmit = (event) => {
      event.preventDefault();
      const empty = inputs.find((input) => !input.value);
      if (empty) return empty.focus();
      given = Object.fromEntries(inputs.map((input) => [input.name, input.value]));
      dialog.close();
    };
    $("secrets-no").onclick = () => dialog.close();
    dialog.onclose = () => {
      $("secrets-fields").replaceChildren();
      resolve(given);
    };
    dialog.showModal();
  });
}
