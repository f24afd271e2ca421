/* A response is saved as one types. Without this, by its button. */
"use strict";

/* The next save is of the version that this one made; set before another request can leave. */
document.addEventListener("responseSaved", (event) => {
  const field = document.querySelector("[data-version]");
  if (field) field.value = event.detail.version;
});

const notSaved = (form) => {
  const note = document.getElementById("saved");
  if (note && form.dataset.failed) note.textContent = form.dataset.failed;
};
const formOf = (event) => event.target.closest(".response-form");

/* An answer that is not ours (the page to sign in, an error) is not put in the place of the note. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = formOf(event) || document.querySelector(".response-form");
  if (form && !event.detail.xhr.getResponseHeader("HX-Trigger")) {
    event.detail.shouldSwap = false;
    notSaved(form);
  }
});
document.addEventListener("htmx:sendError", (event) => {
  const form = formOf(event);
  if (form) notSaved(form);
});
