// What a page gains where scripts run. Without them every form and link works all the same.

import { listenToSending } from "./sending.js";

const readPage = async (response) => new DOMParser().parseFromString(await response.text(), "text/html");

const announce = (sentence) => {
  const place = document.getElementById("annonce");
  if (place) place.textContent = sentence;
};

const sizeOf = (octets) => {
  const units = [["Go", 1e9], ["Mo", 1e6], ["ko", 1e3]];
  const [unit, factor] = units.find(([, least]) => octets >= least) ?? ["o", 1];
  return `${(octets / factor).toLocaleString("fr-FR", { maximumFractionDigits: 1 })} ${unit}`;
};

// Drop zone: a file let fall on it is the file of its ordinary, keyboard-friendly input.
const openDropZone = (zone) => {
  const input = zone.querySelector("input[type=file]");
  const choice = zone.querySelector("[aria-live]");
  const tell = () => {
    const [file] = input.files;
    choice.textContent = file ? `Fichier choisi : ${file.name} (${sizeOf(file.size)})` : "";
  };
  const mark = (over) => zone.classList.toggle("is-over", over);
  input.addEventListener("change", tell);
  zone.addEventListener("dragover", (event) => { event.preventDefault(); mark(true); });
  zone.addEventListener("dragleave", () => mark(false));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    if (event.dataTransfer.files.length !== 1) {
      choice.textContent = "Déposez un seul fichier à la fois.";
      return;
    }
    input.files = event.dataTransfer.files;
    tell();
  });
  if (input.files.length) tell();
};

// An error's link puts the cursor into the field it speaks of.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".error-summary a[href^='#']");
  if (!link) return;
  event.preventDefault();
  document.getElementById(link.hash.slice(1))?.focus();
});

// Swap: the form is sent in the background, and the answer's part of the same name takes the place of ours.
const put = (page, selector) => {
  const ours = document.querySelector(selector);
  const theirs = page.querySelector(selector);
  const [old, fresh] = ours && theirs ? [ours, theirs] : [document.querySelector("main"), page.querySelector("main")];
  if (!old || !fresh) throw new Error("unreadable answer");
  const adopted = document.adoptNode(fresh);
  old.replaceWith(adopted);
  enliven(adopted);
  return adopted;
};

const focusOn = (part) => {
  const target = part.querySelector(".error-summary, h1, h2") ?? part;
  target.setAttribute("tabindex", "-1");
  target.focus();
};

// What came of a form that was sent takes its place; `address` is where it was led to.
const show = (page, selector, address) => {
  const part = put(page, selector);
  if (address.href !== location.href) {
    history.pushState(null, "", address);
    document.title = page.title;
  }
  shown = placeOf(location);
  focusOn(part);
  return part;
};

const sendInBackground = async (form) => {
  const button = form.querySelector("[type=submit]");
  const selector = form.dataset.swap || "main";
  form.classList.add("working");
  if (button) button.disabled = true;
  announce("Envoi en cours…");
  try {
    const response = await fetch(form.getAttribute("action") || location.href, { method: "POST", body: new FormData(form) });
    const page = await readPage(response);
    announce("");
    show(page, selector, response.redirected ? new URL(response.url) : location);
  } catch {
    announce("L’envoi n’a pas abouti. Vérifiez la connexion, puis recommencez.");
  } finally {
    form.classList.remove("working");
    if (button) button.disabled = false;
  }
};

// Refresh: a part is asked for again every few seconds while it is looked at, and replaced if it has changed;
// where the answer leads elsewhere, the page goes there.
const refresh = async (part) => {
  if (document.hidden || part.contains(document.activeElement)) return part;
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (response.redirected) {
      location.replace(response.url);
      return part;
    }
    const fresh = response.ok ? (await readPage(response)).getElementById(part.id) : null;
    if (!fresh || fresh.innerHTML === part.dataset.shown) return part;
    part.dataset.shown = fresh.innerHTML;
    part.innerHTML = fresh.innerHTML;
    if (!("refresh" in fresh.dataset)) delete part.dataset.refresh;
    enliven(part);
  } catch { /* the next turn tries again */ }
  return part;
};

const keepFresh = (part) => {
  part.dataset.shown = part.innerHTML;
  const turn = async () => {
    if (!part.isConnected || !part.dataset.refresh) return;
    await refresh(part);
    setTimeout(turn, Number(part.dataset.refresh) * 1000);
  };
  setTimeout(turn, Number(part.dataset.refresh) * 1000);
};

// Live: a part is asked for again when the server says that its figures have moved, soon after, and not each time.
const keepLive = (part) => {
  part.dataset.shown = part.innerHTML;
  const source = new EventSource(part.dataset.live);
  let waiting = null;
  source.addEventListener("moved", () => {
    if (!part.isConnected) { source.close(); return; }
    waiting ??= setTimeout(async () => {
      waiting = null;
      const before = part.dataset.shown;
      await refresh(part);
      if (part.dataset.shown !== before) announce("Les chiffres ont été mis à jour.");
    }, 500);
  });
  addEventListener("pagehide", () => source.close());
};

const enliven = (root) => {
  root.querySelectorAll("[data-drop-zone]").forEach(openDropZone);
  root.querySelectorAll("[data-refresh][id]").forEach(keepFresh);
  root.querySelectorAll("[data-live][id]").forEach(keepLive);
  root.querySelectorAll("form[data-swap]").forEach((form) => {
    form.addEventListener("submit", (event) => { event.preventDefault(); sendInBackground(form); });
  });
  root.querySelectorAll("[data-submit-on-change]").forEach((form) => {
    form.addEventListener("change", () => form.requestSubmit());
  });
};

enliven(document);
listenToSending({ show, announce });
// On a small screen the navigation scrolls: where one is must be in sight.
document.querySelector(".main-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
// Back after a swap must show the page before it; moving inside a page is no such step.
const placeOf = ({ pathname, search }) => pathname + search;
let shown = placeOf(location);
addEventListener("popstate", () => { if (placeOf(location) !== shown) location.reload(); });
document.querySelector(".error-summary")?.focus();
