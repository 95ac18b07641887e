// What a page is at the end, frame by frame: address, visible text with that of open shadow roots, fields,
// and whether something still moves.
() => {
  const texts = [], fields = [];
  const read = (root) => {
    texts.push(root.innerText ?? [...root.children].map((child) => child.innerText ?? "").join(" "));
    for (const element of root.querySelectorAll("*")) {
      if (element.matches("input, select, textarea")) {
        const ticked = element.matches("[type=checkbox], [type=radio]") ? ` ${element.checked}` : "";
        const chosen = [...(element.selectedOptions ?? [])].map((option) => option.value).join(", ");
        fields.push(`${element.name || element.id || element.type}: ${chosen || element.value}${ticked}`);
      }
      if (element.shadowRoot) read(element.shadowRoot);
    }
  };
  if (document.body) read(document.body);
  const ends = (animation) => animation.effect?.getComputedTiming().endTime !== Infinity;
  const moving = document.getAnimations().some((one) => one.playState === "running" && ends(one));
  return { moving, url: location.href, text: texts.join(" ").replace(/\s+/g, " ").trim(), fields };
}
