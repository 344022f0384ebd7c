/* Says so where the list could not be fetched; an answer that the search took too long is shown as it is (the
   page's htmx-config). */
"use strict";

(() => {
  const note = document.getElementById("not-answered");
  const tell = (untold) => () => {
    note.hidden = untold;
  };
  ["htmx:sendError", "htmx:responseError"].forEach((failed) => document.addEventListener(failed, tell(false)));
  document.addEventListener("htmx:beforeRequest", tell(true));
})();
