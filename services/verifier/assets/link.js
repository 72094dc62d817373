// Brings the key in this address to the box; without this script the reader pastes the link.
"use strict";

const form = document.getElementById("link");
if (form && location.hash.length > 1) {
  form.elements.credential.value = form.dataset.address + location.hash;
  // So that the key stays in no history, and going back does not open the link again.
  history.replaceState(null, "", location.pathname + location.search);
  const busy = form.querySelector(".busy");
  busy.textContent = busy.dataset.busy;
  form.submit();
}
