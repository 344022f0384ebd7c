/* Starts the widgets of Wagtail's admin that Wagtail starts by inline scripts, which our content
   security policy refuses. Our templates/wagtailadmin leave an element with data-start instead. */
"use strict";

(() => {
  const starters = {
    chooser: (element, options) =>
      new window[element.dataset.chooser](element.dataset.for, options),
    "task-chooser": (element) => window.createTaskChooser(element.dataset.for),
    date: (element, options) => window.initDateChooser(element.dataset.for, options),
    datetime: (element, options) => window.initDateTimeChooser(element.dataset.for, options),
    time: (element, options) => window.initTimeChooser(element.dataset.for, options),
    "inline-panel": (_element, options) => new window.InlinePanel(options),
    "multiple-chooser-panel": (_element, options) => new window.MultipleChooserPanel(options),
  };

  const start = (element) => {
    const { start: name, options } = element.dataset;
    delete element.dataset.start;
    starters[name](element, JSON.parse(options));
  };

  const startIn = (root) => root.querySelectorAll("[data-start]").forEach(start);

  const watch = () => {
    startIn(document);
    new MutationObserver((changes) => {
      changes
        .flatMap((change) => [...change.addedNodes])
        .filter((node) => node instanceof Element && node.isConnected)
        .forEach((node) => (node.matches("[data-start]") ? start(node) : startIn(node)));
    }).observe(document.body, { childList: true, subtree: true });
  };

  // After every script of the page, the choosers' own among them.
  document.addEventListener("DOMContentLoaded", watch);
})();
