// Tables sorted by a click, or Enter, on a heading: up, then down. What is undefined comes last either way.
"use strict";
(() => {
  const collator = new Intl.Collator("en", { numeric: true });

  function sort(table, column, ascending) {
    const body = table.tBodies[0];
    const key = (row) => row.cells[column].dataset.value;
    const number = table.tHead.rows[0].cells[column].classList.contains("number");
    const rows = [...body.rows].sort((one, other) => {
      const [a, b] = [key(one), key(other)];
      if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
      const order = number ? Number(a) - Number(b) : collator.compare(a, b);
      return ascending ? order : -order;
    });
    body.append(...rows);
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      head.querySelector("button").addEventListener("click", () => {
        const first = head.classList.contains("number") ? "descending" : "ascending";
        const last = first === "ascending" ? "descending" : "ascending";
        const next = head.getAttribute("aria-sort") === first ? last : first;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", next);
        sort(table, column, next === "ascending");
      });
    });
  }
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
})();
