// Sending a file: what it is is recognised as soon as it is chosen, and its way to the service is shown.

const fileOf = (form) => form.querySelector("input[type=file]").files[0];

// A choice made by hand stands; what was guessed for another file does not.
const guessed = new WeakSet();
const mayGuess = (select) => select.value === "" || guessed.has(select);

const fill = (select, value) => {
  select.value = value ?? "";
  if (select.value !== (value ?? "")) select.value = "";
  guessed.add(select);
};

// A text file says at its beginning what it is; a workbook is read whole or not at all.
const BEGINNING = 65536;
const lookedAt = (file, most) => {
  if (!/\.(xlsx|ods)$/i.test(file.name)) return file.slice(0, BEGINNING);
  return file.size <= most ? file : new Blob();
};

let asked = 0;
const recognise = async (form) => {
  const file = fileOf(form);
  const told = form.querySelector("#reconnu");
  const turn = ++asked;
  told.textContent = "";
  if (!file) return;
  const body = new FormData();
  if (!mayGuess(form.elements.form)) body.append("form", form.elements.form.value);
  body.append("file", lookedAt(file, Number(form.dataset.lookedAt)), file.name);
  try {
    const response = await fetch(form.dataset.recognise, { method: "POST", body });
    const guess = response.ok ? await response.json() : null;
    if (!guess || turn !== asked) return;
    const whys = ["form", "period"].filter((name) => mayGuess(form.elements[name])).map((name) => {
      fill(form.elements[name], guess[name]);
      return guess[`${name}_why`];
    });
    told.textContent = whys.join(" ");
  } catch { /* it will be recognised when it is sent */ }
};

const showProgress = (form, request, announce) => {
  const place = form.querySelector(".upload");
  const [bar, text] = [place.querySelector("progress"), place.querySelector("[data-told]")];
  let said = 0;
  place.hidden = false;
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    const percent = total ? Math.floor((100 * loaded) / total) : 0;
    bar.value = percent;
    text.textContent = `${percent} %`;
    if (percent >= said + 25 && percent < 100) {
      said = percent;
      announce(`Envoi du fichier : ${percent} %.`);
    }
  });
  request.upload.addEventListener("load", () => {
    bar.removeAttribute("value");
    text.textContent = "Fichier arrivé ; il est jugé…";
    announce("Fichier arrivé ; il est jugé…");
  });
};

const send = (form, { show, announce }) => {
  const request = new XMLHttpRequest();
  const files = form.querySelector("input[type=file]").files;
  const buttons = [...form.querySelectorAll("[type=submit]")];
  const rest = () => {
    form.querySelector(".upload").hidden = true;
    buttons.forEach((button) => { button.disabled = false; });
    form.classList.remove("working");
  };
  const fail = () => {
    rest();
    announce("L’envoi n’a pas abouti. Vérifiez la connexion, puis recommencez.");
  };
  request.open("POST", form.getAttribute("action"));
  request.setRequestHeader("Accept", "text/html");
  request.responseType = "document";
  request.addEventListener("error", fail);
  request.addEventListener("load", () => {
    const address = new URL(request.responseURL);
    if (!request.response?.querySelector("main")) return fail();
    if (!`${address.pathname}/`.startsWith(`${form.getAttribute("action")}/`)) return location.assign(address);
    rest();
    const shown = show(request.response, "main", address);
    const input = shown.querySelector("form[data-sending] input[type=file]");
    if (!input) return;
    // The page came back with a question: the file need not be chosen again.
    input.files = files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  showProgress(form, request, announce);
  const body = new FormData(form);
  buttons.forEach((button) => { button.disabled = true; });
  form.classList.add("working");
  announce("Envoi en cours…");
  request.send(body);
};

export const listenToSending = (page) => {
  document.addEventListener("change", ({ target }) => {
    const form = target.closest("form[data-sending]");
    if (!form) return;
    if (target.matches("select")) guessed.delete(target);
    if (target.matches("input[type=file], select[name=form]")) recognise(form);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("sending" in form.dataset) || event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    send(form, page);
  });
};
