// Above the register of claims: show only the rows of one note, one verdict, one chapter.
// Without script the selection stays hidden and the table whole.
(function () {
  "use strict";

  function prepare(form) {
    const rows = Array.from(document.querySelectorAll(".sa-register tbody tr"));
    const menus = Array.from(form.querySelectorAll("select"));
    const output = form.querySelector("output");

    function filter() {
      const wanted = menus.map((menu) => menu.value).filter(Boolean);
      const shown = rows.filter(function (row) {
        row.hidden = !wanted.every((kind) => row.classList.contains(kind));
        return !row.hidden;
      });
      output.textContent = shown.length + " of " + rows.length + " claims";
    }

    // A link to a row must find it, whatever was selected before.
    function showTarget() {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target && target.hidden) {
        form.reset();
        filter();
        target.scrollIntoView();
      }
    }

    form.hidden = false;
    form.addEventListener("change", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    window.addEventListener("hashchange", showTarget);
    filter(); // a browser that goes back restores the menus, not the rows
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("form.sa-filter").forEach(prepare);
  });
})();
