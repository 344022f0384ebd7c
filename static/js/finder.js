/* The catalogue's form. It chooses the kelurahan one stands in: the position stays in the browser, only the code
   of the kelurahan is sent, as if it had been chosen from the list. And it says so where the list could not be
   fetched; an answer that a search took too long is shown as it is (the page's htmx-config). */
"use strict";

(() => {
  const A_DEGREE = Math.PI / 180;

  const distance = (here, [latitude, longitude]) =>
    Math.hypot(
      latitude - here.latitude,
      (longitude - here.longitude) * Math.cos(here.latitude * A_DEGREE),
    );

  const nearest = (here, centres) =>
    Object.keys(centres).reduce((best, code) =>
      distance(here, centres[code]) < distance(here, centres[best]) ? code : best,
    );

  const choose = ({ coords }) => {
    const centres = JSON.parse(document.getElementById("centres").textContent);
    const near = document.getElementById("id_near");
    near.value = nearest(coords, centres);
    near.form.requestSubmit();
  };

  const button = document.getElementById("near-me");
  if (button && "geolocation" in navigator) {
    button.hidden = false;
    button.addEventListener("click", () => {
      button.disabled = true;
      navigator.geolocation.getCurrentPosition(choose, () => {
        button.disabled = false;
        document.getElementById("near-me-refused").hidden = false;
      });
    });
  }

  const notAnswered = document.getElementById("not-answered");
  const tell = (told) => () => {
    notAnswered.hidden = !told;
  };
  document.addEventListener("htmx:sendError", tell(true));
  document.addEventListener("htmx:responseError", tell(true));
  document.addEventListener("htmx:beforeRequest", tell(false));
})();
