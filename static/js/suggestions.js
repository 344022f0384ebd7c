/* Suggestions below a search field: the combobox with a list of the WAI-ARIA Authoring Practices. Each is a link;
   where the filter it sets stands in the same form and htmx is there, it is set on the spot. Without this script
   the field is a plain search field. */
"use strict";

(() => {
  const PAUSE = 200; // milliseconds after the last letter
  const SHORTEST = 2;

  const list = document.getElementById("suggestions");
  const said = document.getElementById("suggestions-said");
  const field = document.getElementById(list.dataset.field);
  let pause;
  let asked = 0; // counts up, so that an answer that comes late is known as such

  const marked = () => list.querySelector('[aria-selected="true"]');

  const mark = (option) => {
    marked()?.setAttribute("aria-selected", "false");
    if (option) {
      option.setAttribute("aria-selected", "true");
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  };

  const forgetAsked = () => {
    clearTimeout(pause);
    asked += 1;
  };

  const close = () => {
    forgetAsked();
    mark(null);
    list.hidden = true;
    said.textContent = "";
    field.setAttribute("aria-expanded", "false");
  };

  const show = (answer) => {
    const found = document.createRange().createContextualFragment(answer).firstElementChild;
    if (!found?.childElementCount) {
      close();
      return;
    }
    mark(null);
    list.replaceChildren(...found.children);
    list.hidden = false;
    said.textContent = found.dataset.said;
    field.setAttribute("aria-expanded", "true");
  };

  const ask = async () => {
    forgetAsked();
    const mine = asked;
    const query = new URLSearchParams({ q: field.value });
    const answer = await fetch(`${list.dataset.source}?${query}`)
      .then((response) => (response.ok ? response.text() : ""))
      .catch(() => ""); // no network: no suggestions
    if (mine === asked) show(answer);
  };

  const type = () => {
    forgetAsked();
    mark(null);
    if (field.value.trim().length < SHORTEST) close();
    else pause = setTimeout(ask, PAUSE);
  };

  const move = (step) => {
    const options = [...list.children];
    const from = options.indexOf(marked());
    const first = step > 0 ? 0 : options.length - 1;
    mark(from < 0 ? options[first] : options[(from + step + options.length) % options.length]);
  };

  const arrow = (step) => {
    if (!list.hidden) move(step);
    else if (field.value.trim().length >= SHORTEST) ask();
  };

  const press = (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const keys = {
      ArrowDown: () => arrow(1),
      ArrowUp: () => arrow(-1),
      Escape: !list.hidden && close,
      Enter: !list.hidden && marked() && (() => marked().click()),
    };
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    } else if (event.key === "Enter") {
      close();
    } else if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) {
      mark(null); // back to the letters
    }
  };

  const choose = (event) => {
    const option = event.target.closest("[role=option]");
    if (!option || event.ctrlKey || event.metaKey || event.shiftKey) return; // a window of its own
    const filter = field.form.elements[option.dataset.filter];
    close();
    if (!filter || !window.htmx) return; // the link leads there
    event.preventDefault();
    field.value = "";
    filter.value = option.dataset.value;
    filter.dispatchEvent(new Event("change", { bubbles: true }));
  };

  field.setAttribute("role", "combobox");
  field.setAttribute("autocomplete", "off");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");
  field.addEventListener("input", type);
  field.addEventListener("keydown", press);
  field.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", choose);
})();
