/* Copying and printing from the page of a challenge: shown only where they work. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  for (const item of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    const button = item.querySelector("button");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(item.dataset.copy);
        button.textContent = item.dataset.copied;
      } catch {
        item.hidden = true;
      }
    });
    item.hidden = false;
  }
  for (const item of document.querySelectorAll("[data-print]")) {
    item.querySelector("button").addEventListener("click", () => window.print());
    item.hidden = false;
  }
});
