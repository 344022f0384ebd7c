/* Counts and previews while a message is typed, asked from the server, which counts as each platform does.
   Also a field for the alt text of each chosen file, and hashtag groups and free slots put in by a tap. Without this script the same is said after saving. */
"use strict";

(() => {
  const PAUSE = 500; // milliseconds after the last letter
  const form = document.querySelector("[data-looks]");
  if (!form) return;
  let pause;
  let asked = 0; // counts up, so that an answer that comes late is known as such

  const places = () => [...form.querySelectorAll("[data-channel] [data-look]")];

  const isChosen = (place) => {
    const ticks = [...form.querySelectorAll("input[name=channels]")];
    const channel = place.closest("[data-channel]").dataset.channel;
    return !ticks.length || ticks.some((tick) => tick.checked && tick.value === channel);
  };

  const show = (answer) => {
    const found = document.createRange().createContextualFragment(answer);
    for (const kind of ["look", "words"]) {
      for (const fresh of found.querySelectorAll(`[data-${kind}]`)) {
        const at = `[data-channel] [data-${kind}="${CSS.escape(fresh.dataset[kind])}"]`;
        form.querySelector(at)?.replaceChildren(...fresh.childNodes);
      }
    }
  };

  const ask = async () => {
    const mine = ++asked;
    const body = new FormData(form);
    body.delete("new_pictures");
    body.delete("new_video");
    const chosen = places().filter(isChosen);
    places().forEach((place) => {
      place.closest("[data-channel]").hidden = !chosen.includes(place);
    });
    chosen.forEach((place) => body.append("look", place.dataset.look));
    if (!chosen.length) return;
    const answer = await fetch(form.dataset.looks, { method: "POST", body, redirect: "error" })
      .then((response) => (response.ok ? response.text() : ""))
      .catch(() => ""); // no network: counted when it is saved
    if (answer && mine === asked) show(answer);
  };

  const later = () => {
    clearTimeout(pause);
    pause = setTimeout(ask, PAUSE);
  };

  const altFields = (files) =>
    files.map((file) => {
      const label = document.createElement("label");
      const input = document.createElement("input");
      input.name = "new_alts";
      input.maxLength = 1000;
      label.append(`${form.dataset.altLabel} (${file.name})`, input);
      return label;
    });

  form.addEventListener("input", later);
  form.addEventListener("change", (event) => {
    if (event.target.name === "new_pictures") {
      form.querySelector("[data-new-alts]").replaceChildren(...altFields([...event.target.files]));
    }
    later();
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-tags]");
    if (!button) return;
    const words = form.elements.caption;
    words.value = [words.value.trimEnd(), button.dataset.tags].filter(Boolean).join("\n\n");
    words.focus();
    later();
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-slot]");
    if (!button) return;
    const time = document.getElementById(button.dataset.slotFor);
    time.value = button.dataset.slot;
    time.focus();
    later();
  });
  // A picture a place up or down. Without script the server answers with the same page, so ordered.
  const renumber = () => {
    const pictures = [...form.querySelectorAll("[data-picture]")];
    pictures.forEach((picture, place) => {
      picture.querySelector("[name^=order_]").value = place + 1;
      picture.querySelector("[data-order=up]").disabled = place === 0;
      picture.querySelector("[data-order=down]").disabled = place === pictures.length - 1;
    });
    return pictures;
  };

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-order]");
    if (!button) return;
    event.preventDefault();
    const picture = button.closest("[data-picture]");
    const goesUp = button.dataset.order === "up";
    const other = goesUp ? picture.previousElementSibling : picture.nextElementSibling;
    if (!other?.matches("[data-picture]")) return;
    if (goesUp) other.before(picture);
    else other.after(picture);
    const pictures = renumber();
    const free = button.disabled ? "[data-order]:enabled" : `[data-order=${button.dataset.order}]`;
    picture.querySelector(free).focus();
    const say = form.querySelector("[data-order-say]");
    say.textContent = say.dataset.orderSay
      .replace("NUMBER", pictures.indexOf(picture) + 1)
      .replace("TOTAL", pictures.length);
  });
  form.querySelectorAll("[data-tags], [data-slot]").forEach((button) => {
    button.hidden = false;
  });
  ask();
})();
