/* Keeps an open queue up to date, and counts what is ticked. Nothing is renewed while nobody looks, or while
   something is ticked, opened or in use: what a person is about to sign does not change under their hand.
   Without this script the queue is as it was when it was opened. */
"use strict";

(() => {
  const EVERY = 15_000; // milliseconds
  const desk = document.querySelector("[data-queue]");
  let etag = "";

  const list = () => document.getElementById("queue-list");
  const ticked = () => list().querySelectorAll("input[name=post]:checked").length;

  const isInUse = () =>
    document.hidden ||
    ticked() > 0 ||
    list().querySelector("details[open]") !== null ||
    list().contains(document.activeElement) ||
    document.getElementById("queue-tabs").contains(document.activeElement);

  const renew = (answer) => {
    const news = document.createRange().createContextualFragment(answer);
    for (const id of ["queue-tabs", "queue-list"]) {
      const fresh = news.getElementById(id);
      if (fresh) document.getElementById(id).replaceWith(fresh);
    }
  };

  const ask = async () => {
    if (isInUse()) return;
    const answer = await fetch(desk.dataset.queue, {
      cache: "no-store", // the tag is ours to send
      headers: etag ? { "If-None-Match": etag } : {},
      redirect: "error", // signed out meanwhile
    }).catch(() => null); // no network: as it is
    if (answer?.status !== 200) return;
    const content = await answer.text();
    if (isInUse()) return; // touched while it was under way
    etag = answer.headers.get("ETag") ?? "";
    renew(content);
  };

  const count = () => {
    const number = ticked();
    document.querySelectorAll("[data-ticked]").forEach((place) => {
      place.textContent = number ? `(${number})` : "";
    });
  };

  desk.addEventListener("change", count);
  document.addEventListener("visibilitychange", ask);
  setInterval(ask, EVERY);
  count(); // a browser that goes back remembers ticks
})();
