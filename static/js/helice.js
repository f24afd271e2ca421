/* Small comforts. Every page works without them. */
"use strict";

/* htmx sends the CSRF token that any form of the page carries. */
document.addEventListener("htmx:configRequest", (event) => {
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  const token = field ? field.value : cookie && cookie[1];
  if (token) event.detail.headers["X-CSRFToken"] = token;
});

/* Menus close on Escape, and when the focus or a click goes elsewhere. */
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!except || !menu.contains(except)) menu.open = false;
  }
};
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

/* Characters left, for fields with a limit. */
const countCharacters = (note) => {
  const control = document.getElementById(note.dataset.counterFor);
  if (!control) return;
  const most = Number(note.dataset.counterMax);
  const show = () => {
    const left = most - [...control.value].length;
    note.classList.toggle("field__count--over", left < 0);
    note.textContent = left < 0
      ? `${note.dataset.counterOver} ${-left}`
      : `${note.dataset.counterLeft} ${left}`;
  };
  control.addEventListener("input", show);
  show();
};
const prepare = (root) => {
  root.querySelectorAll("[data-counter-for]").forEach(countCharacters);
  const summary = root.querySelector(".error-summary");
  if (summary) summary.focus();
};
document.addEventListener("DOMContentLoaded", () => prepare(document));
document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));

/* A second click on a submit button sends nothing twice. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent && !event.defaultPrevented) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 3000);
});
