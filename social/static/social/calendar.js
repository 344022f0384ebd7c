// Dragging posts to another day. Without it every post has a link "Move", which asks the same.

(() => {
  const calendar = document.querySelector("[data-calendar]");
  const form = document.querySelector("[data-calendar-form]");
  const say = document.querySelector("[data-calendar-say]");
  if (!calendar || !form || !say) return;

  let held = null;

  const moment = (day) => `${day.dataset.day}T${held.dataset.at}`;

  // Texts of the same form, "2026-11-28T08:00", compare as their moments do.
  const isInside = (at) => held.dataset.from <= at && at < held.dataset.until;

  const isPast = (at) => at < calendar.dataset.now;

  const words = (at) => {
    if (isPast(at)) return calendar.dataset.past;
    if (isInside(at)) return calendar.dataset.inside;
    return held.dataset.state === "draft" ? calendar.dataset.draft : calendar.dataset.outside;
  };

  const unmark = () => {
    for (const day of calendar.querySelectorAll("[data-drop]")) delete day.dataset.drop;
  };

  calendar.addEventListener("dragstart", (event) => {
    held = event.target.closest("[data-move]");
    if (!held) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", held.dataset.move);
    held.classList.add("desk-entry--held-in-hand");
  });

  calendar.addEventListener("dragover", (event) => {
    const day = event.target.closest("[data-day]");
    if (!held || !day) return;
    const at = moment(day);
    if (!isPast(at)) event.preventDefault();
    if (day.dataset.drop) return;
    unmark();
    day.dataset.drop = isPast(at) ? "past" : isInside(at) ? "inside" : "outside";
    say.textContent = words(at);
  });

  calendar.addEventListener("dragend", () => {
    held?.classList.remove("desk-entry--held-in-hand");
    held = null;
    unmark();
    say.textContent = "";
  });

  calendar.addEventListener("drop", (event) => {
    const day = event.target.closest("[data-day]");
    if (!held || !day || day.contains(held)) return;
    event.preventDefault();
    const at = moment(day);
    if (isPast(at)) return;
    const back = calendar.dataset.back;
    if (!isInside(at)) {
      const query = new URLSearchParams({ send_at: at, back });
      window.location.assign(`${held.dataset.move}?${query}`);
      return;
    }
    form.action = held.dataset.move;
    for (const [name, value] of Object.entries({ send_at: at, back, version: "0" })) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
    }
    form.submit();
  });
})();
