// Brings a page to life once it is there: scripts stand at its end, the texts and
// the catalogue of tables come right after this one.
(function (q) {
  "use strict";

  document.addEventListener("DOMContentLoaded", async function () {
    document.documentElement.classList.add("con-script");
    var skip = document.querySelector("a.salta");
    if (skip) skip.addEventListener("click", function (e) {
      // Without touching the address, which says the filters.
      e.preventDefault();
      var main = document.getElementById("contenuto");
      main.focus();
      main.scrollIntoView();
    });
    q.search();
    var sections = Array.from(document.querySelectorAll("section.elenco[data-table]"));
    var lists = [];
    for (var i = 0; i < sections.length; i++) lists.push(await q.list(sections[i], i === 0));
    q.address.listen(function () { lists.forEach(function (l) { l.show(); }); });
    q.panel();
    performance.mark("prime righe");
    // Everybody sees the first rows before anybody gets the rest.
    for (var j = 0; j < lists.length; j++) await lists[j].table.fill();
    performance.mark("tutte le righe");
    document.documentElement.dataset.pronta = "tutto";
  });
})(quadra);
