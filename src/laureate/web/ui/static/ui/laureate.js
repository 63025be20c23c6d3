// The little that pages do by themselves. Everything works without it: it adds comfort.
"use strict";

// Strangers read times on the clocks of their browser from the second page on.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) document.cookie = `zone=${zone};path=/;max-age=31536000;samesite=lax`;

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/") {
    const search = document.querySelector("input[data-search]");
    if (search) { event.preventDefault(); search.focus(); }
    else { event.preventDefault(); location.assign(document.body.dataset.search); }
  } else if (event.key === "?") {
    document.getElementById("keys")?.showModal();
  } else if (event.key === "j" || event.key === "k") {
    const rows = [...document.querySelectorAll("[data-row]")];
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement.closest("[data-row]"));
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))];
    const goal = next.matches("a") ? next : next.querySelector("a, button") ?? next;
    if (goal === next && !next.matches("a")) next.tabIndex = -1;  // a row without a link can be stood on too
    goal.focus();
  }
});

document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    try {
      await navigator.clipboard.writeText(copy.dataset.copy);
      const said = copy.textContent;
      copy.textContent = copy.dataset.copied;
      setTimeout(() => { copy.textContent = said; }, 1600);
    } catch {
      // Without HTTPS a browser has no clipboard: mark the text, so that a key copies it.
      getSelection().selectAllChildren(copy.parentElement.querySelector(".digest"));
    }
  }
  for (const menu of document.querySelectorAll("details.menu[open]"))
    if (!menu.contains(event.target)) menu.open = false;
  const close = event.target.closest("[data-close]");
  if (close) close.closest("dialog").close();
});

document.addEventListener("submit", (event) => {
  const asks = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (asks && !window.confirm(asks)) event.preventDefault();
});

// A drop zone: shows what was chosen, sends with progress, keeps the plain form as fallback.
const equip = (form) => {
  const zoneOf = form.querySelector(".drop");
  const input = form.querySelector("input[type=file]");
  const label = zoneOf.querySelector("strong");
  const button = form.querySelector("button[type=submit], button:not([type])");
  const show = () => { if (input.files.length) label.textContent = [...input.files].map((f) => f.name).join(", "); };
  input.addEventListener("change", show);
  for (const kind of ["dragenter", "dragover"])
    zoneOf.addEventListener(kind, (event) => { event.preventDefault(); zoneOf.classList.add("over"); });
  for (const kind of ["dragleave", "drop"]) zoneOf.addEventListener(kind, () => zoneOf.classList.remove("over"));
  zoneOf.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
    show();
  });
  addEventListener("pagehide", () => { button.disabled = false; });  // for those who come back
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !input.files.length) return;
    event.preventDefault();
    const bar = form.querySelector("progress");
    const request = new XMLHttpRequest();
    request.open("POST", form.action || location.href);
    request.upload.addEventListener("progress", (step) => {
      bar.hidden = false;
      if (step.lengthComputable) { bar.max = step.total; bar.value = step.loaded; }
    });
    const again = () => { button.disabled = false; bar.hidden = true; form.querySelector("[data-failed]").hidden = false; };
    request.addEventListener("error", again);
    request.addEventListener("load", () => {
      if (request.responseURL && request.responseURL !== form.action && request.status < 400) {
        location.assign(request.responseURL);
        return;
      }
      // A refusal comes as a whole page: show it in the place of this one, with the file still chosen.
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const main = page.querySelector("main");
      if (!main) { again(); return; }
      document.querySelector("main").replaceWith(main);
      document.title = page.title;
      for (const next of main.querySelectorAll("form[data-upload]")) {
        next.querySelector("input[type=file]").files = input.files;
        equip(next);
      }
      main.focus();
    });
    button.disabled = true;
    form.querySelector("[data-failed]").hidden = true;
    request.send(new FormData(form));
  });
  show();
};
document.querySelectorAll("form[data-upload]").forEach(equip);
