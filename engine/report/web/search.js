// The search box of every page: IUV, IUR, IUF, IUD, movement number, tax code or
// amount, in all the tables of the pack. The tables are loaded when somebody first
// goes to the box; what is found shows while the rest is still coming.
(function (q) {
  "use strict";

  var SHORTEST = 3, SHOWN = 6;
  var form, input, results, status, tables = null, word = "";

  q.search = function () {
    form = document.querySelector("form[role=search]");
    if (!form) return;
    input = form.querySelector("input");
    status = q.el("p", { role: "status", class: "nascosto" });
    results = q.el("div", { class: "trovati", role: "region", "aria-label": q.t("results"), hidden: true });
    form.append(status, results);
    form.hidden = false;
    var again = q.later(look, 120);
    input.addEventListener("focus", prepare);
    input.addEventListener("input", function () { prepare(); again(); });
    form.addEventListener("submit", function (e) { e.preventDefault(); open(); });
    form.addEventListener("keydown", keys);
    document.addEventListener("click", function (e) { if (!form.contains(e.target) || e.target.closest(".trovati a")) close(); });
  };

  // Small tables first: most of what is searched is in them, and they come at once.
  function prepare() {
    if (tables) return;
    tables = [];
    var entries = q.catalogue().slice(), order = entries.map(function (e) { return e.name; });
    entries.sort(function (a, b) { return a.rows - b.rows; }).reduce(function (before, entry) {
      return before.then(async function () {
        var table = await q.open(entry.name);
        table.searched = table.columns.filter(function (c) { return c.search; });
        if (!table.searched.length) return;
        tables.push(table);
        tables.sort(function (a, b) { return order.indexOf(a.name) - order.indexOf(b.name); });
        table.listeners.push(q.later(look, 150));
        await table.fill();
      });
    }, Promise.resolve());
  }

  function look() {
    var typed = input.value.trim().toLowerCase();
    // Amounts are typed with blanks nowhere, identifiers neither: pasted ones are.
    word = typed.replace(/\s+/g, "");
    if (word.length < SHORTEST || !tables) return close();
    var found = tables.map(function (table) { return hits(table); }).filter(function (f) { return f.count > 0; });
    var total = found.reduce(function (n, f) { return n + f.count; }, 0);
    var complete = tables.length > 0 && q.catalogue().every(function (e) { return !e.rows || isLoaded(e); });
    var focused = results.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    results.replaceChildren.apply(results, found.map(group).concat(
      total === 0 && complete ? [q.el("p", { class: "vuoto" }, q.t("nothing_found", { word: typed }))] : [],
      complete ? [] : [q.el("p", { class: "carica" }, q.t("searching", { percent: progress() }))]));
    results.hidden = false;
    status.textContent = complete || total ? q.count("found", total) : "";
    if (focused) {
      var again = Array.from(results.querySelectorAll("a")).find(function (a) { return a.getAttribute("href") === focused; });
      (again || input).focus();
    }
  }

  function isLoaded(entry) {
    var table = tables.find(function (t) { return t.name === entry.name; });
    return table ? table.loaded >= table.rows : tables.length > 0 && skipped(entry);
  }

  // Tables without columns to search are opened and left aside.
  function skipped(entry) { return q.known(entry.name).meta && !q.known(entry.name).searched.length; }

  function progress() {
    var all = 0, loaded = 0;
    q.catalogue().forEach(function (e) {
      all += e.rows;
      loaded += skipped(e) ? e.rows : q.known(e.name).loaded;
    });
    return all ? Math.floor(100 * loaded / all) : 100;
  }

  function hits(table) {
    var hit = q.hits(table, word, table.searched, table.loaded), rows = [], count = 0;
    for (var i = 0; i < hit.length; i++) if (hit[i] && ++count <= SHOWN) rows.push(i);
    return { table: table, rows: rows, count: count };
  }

  function group(f) {
    var table = f.table, entry = q.entry(table.name);
    return q.el("section", null,
      q.el("h2", null, entry.title, " ", q.el("span", { class: "quanti" }, q.format.int(f.count))),
      q.el("ul", null, f.rows.map(function (row) { return q.el("li", null, line(table, row)); })),
      f.count > f.rows.length && q.el("a", { class: "tutti", href: q.address.found(entry.name, word) }, q.t("all_found", { n: q.format.int(f.count) })));
  }

  // What was found in the row, and enough of it to know it by.
  function line(table, row) {
    var first = table.visible[0], where = table.searched.find(function (c) {
      return c !== first && c.kind === "text" && table.text(c, row).toLowerCase().includes(word);
    });
    var amount = table.visible.find(function (c) { return c.kind === "cents"; });
    var day = table.visible.find(function (c) { return c.kind === "date"; });
    var status = table.visible.find(function (c) { return c.kind === "code" && c.values.some(function (v) { return v.sign !== undefined; }); });
    var panels = table.panels(), key = table.keyOf(row);
    return q.el("a", { href: panels ? q.address.of(panels, key) : q.address.found(table.name, word) },
      q.el("strong", null, table.text(first, row)),
      where && q.el("span", { class: "dove" }, where.title, " ", table.text(where, row)),
      day && q.el("span", null, table.text(day, row)),
      amount && q.el("span", { class: "n" }, table.text(amount, row)),
      status && q.content(table, status, row));
  }

  function open() {
    look();
    var links = results.querySelectorAll("a:not(.tutti)");
    if (links.length === 1) links[0].click();
    else if (links.length > 1) links[0].focus();
  }

  function close() {
    if (results.contains(document.activeElement)) input.focus();
    results.hidden = true;
    status.textContent = "";
  }

  function keys(e) {
    if (e.key === "Escape") {
      e.stopPropagation();
      close();
      return;
    }
    if (e.key !== "ArrowDown" && e.key !== "ArrowUp" || results.hidden) return;
    e.preventDefault();
    var stops = [input].concat(Array.from(results.querySelectorAll("a")));
    var at = stops.indexOf(document.activeElement) + (e.key === "ArrowDown" ? 1 : -1);
    stops[Math.max(0, Math.min(stops.length - 1, at))].focus();
  }
})(quadra);
