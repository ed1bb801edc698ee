// Cards of one verdict: a button shows them and hides the rest.
"use strict";
(() => {
  const buttons = [...document.querySelectorAll("[data-show]")];
  buttons.forEach((button) => button.addEventListener("click", () => {
    buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    document.querySelectorAll(".cards .card").forEach((card) => {
      card.hidden = button.dataset.show !== "" && card.dataset.verdict !== button.dataset.show;
    });
  }));
})();
