/* Keeps the end of a followed log in view for whoever reads there. Everything else works without scripts, or by htmx. */
"use strict";
(() => {
  // So near to the end of the log (in pixels) counts as reading there.
  const NEAR = 80;
  let wasAtEnd = false;

  function records() {
    return document.getElementById("records");
  }

  function isAtEnd() {
    const list = records();
    return Boolean(list) && Math.abs(list.getBoundingClientRect().bottom - window.innerHeight) < NEAR;
  }

  document.addEventListener("htmx:beforeSwap", () => { wasAtEnd = isAtEnd(); });
  document.addEventListener("htmx:afterSwap", () => {
    if (wasAtEnd) records().scrollIntoView({ block: "end" });
  });
})();
