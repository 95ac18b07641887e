/** Plays the film of one row, from the small copy that can be watched as often as one likes. */

import { $, make } from "../dom.js";

/** Opens the dialog, which gives the focus back when it closes; calls `fetched()` when a download begins. */
export function playFilm(item, fetched) {
  const dialog = $("film");
  const { links } = item;
  $("film-name").textContent = item.name;
  $("film-download").href = links.export;
  const video = make("video", { controls: true, playsInline: true, preload: "metadata", poster: links.poster, "aria-label": `Film ${item.name}` });
  video.append(make("track", { kind: "captions", src: links.captions, srclang: "en", label: "Captions" }));
  video.onerror = () => $("film-player").replaceChildren(...posterInstead(item));
  video.src = links.preview;
  $("film-player").replaceChildren(video);
  $("film-close").onclick = () => dialog.close();
  $("film-download").onclick = () => {
    fetched();
    setTimeout(() => dialog.close(), 300);
  };
  dialog.onclick = (event) => event.target === dialog && dialog.close();
  dialog.onclose = () => {
    video.pause();
    video.removeAttribute("src");
    $("film-player").replaceChildren();
  };
  dialog.showModal();
  if (matchMedia("(prefers-reduced-motion: no-preference)").matches) {
    video.muted = true;
    video.play().catch(() => {});
  }
}

/** Shows the poster where there is nothing that plays. */
function posterInstead({ name, links }) {
  const picture = make("img", { src: links.poster, alt: `A picture from the film ${name}` });
  picture.onerror = () => picture.remove();
  return [picture, make("p", { className: "player-note" }, "This film cannot be played here. Download it to watch it.")];
}
