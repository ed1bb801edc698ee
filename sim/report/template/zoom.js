// Figures enlarged: a click, or Enter, opens one; another click doubles it; Escape or Close returns to the page.
"use strict";
(() => {
  const dialog = document.getElementById("zoom");
  const large = dialog.querySelector("img");
  document.querySelectorAll(".zoomable").forEach((button) => button.addEventListener("click", () => {
    const small = button.querySelector("img");
    large.src = small.src;
    large.alt = small.alt;
    large.classList.remove("large");
    dialog.showModal();
  }));
  large.addEventListener("click", () => large.classList.toggle("large"));
})();
