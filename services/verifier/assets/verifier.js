// Dragging, pasting files and printing. Everything a person needs works without this script.
"use strict";

const box = document.getElementById("box");
if (box) {
  const file = box.elements.file;
  const text = box.elements.credential;
  const busy = box.querySelector(".busy");
  const home = box.action;
  let isSent = false;

  const hasFiles = (transfer) => transfer && [...transfer.types].includes("Files");

  const take = (files) => {
    if (!files.length) return;
    text.value = "";
    box.elements.photo.value = "";
    if (files.length > 1) {
      // Several files are a batch, which takes more of them and gives a table.
      text.disabled = true;
      file.name = "files";
      file.multiple = true;
      box.action = box.dataset.batches;
    }
    file.files = files;
    box.requestSubmit();
  };

  box.querySelector(".dropping").hidden = false;
  // On the whole page: a file that lands beside the card would replace the page otherwise.
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    box.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) box.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    box.classList.remove("over");
    take(event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    const pasted = event.clipboardData;
    const words = pasted.getData("text/plain");
    const isInField = event.target.closest("input, textarea, select");
    if (isInField && words) return; // Cells of a workbook come as a picture as well.
    event.preventDefault();
    if (pasted.files.length) {
      take(pasted.files);
    } else if (!isInField && words) {
      text.value = words;
      text.focus();
    }
  });
  box.addEventListener("submit", (event) => {
    if (isSent) event.preventDefault();
    isSent = true;
    busy.textContent = box.dataset.busy;
  });
  // Who comes back with the browser's own button finds the box as it was.
  addEventListener("pageshow", () => {
    isSent = false;
    busy.textContent = "";
    text.disabled = false;
    file.name = "file";
    file.multiple = false;
    box.action = home;
  });
}

addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details:not([open])")) {
    folded.open = true;
    folded.dataset.wasFolded = "";
  }
  const now = new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: "long",
    timeStyle: "short",
    timeZone: "Europe/Amsterdam",
  }).format(new Date());
  for (const place of document.querySelectorAll("[data-printed]")) {
    place.textContent = `${place.dataset.printed} ${now}.`;
  }
});
addEventListener("afterprint", () => {
  for (const folded of document.querySelectorAll("details[data-was-folded]")) {
    folded.open = false;
    delete folded.dataset.wasFolded;
  }
});
