// A list: the table of a section, drawn a screenful at a time.
//
// It stays a real table, so that readers of screens say headers and positions;
// aria-rowindex counts the rows that are not drawn. The arrows move from row to
// row, Enter opens the panel, the links of the current row are in the tab order.
(function (q) {
  "use strict";

  var SPARE = 12; // rows drawn above and below what is seen
  var PRINTED = 1000; // rows on paper at most: beyond, a file serves better

  q.lists = [];

  // Takes over a section that came with its first rows already in the page.
  q.list = async function (section, first) {
    var list = new List(section, first);
    q.lists.push(list);
    list.table = await q.open(section.dataset.table);
    if (list.table.rows > 0) await q.load("dati/" + list.table.name + ".0.js");
    list.build();
    list.show();
    var refresh = q.later(function () { list.show(); }, 0), last = performance.now();
    list.table.listeners.push(function (table) {
      // Every chunk is a little work, every refresh a pass over all of them.
      var now = performance.now();
      if (table.loaded < table.rows && now - last < 700) return list.progress();
      last = now;
      refresh();
    });
    return list;
  };

  function List(section, first) {
    this.section = section;
    this.first = first;
    this.current = 0; // position, among the rows shown, of the row the keyboard is on
    this.drawn = new Map();
  }

  List.prototype.settings = function () { return q.address.settings(this.table.name, this.first); };

  List.prototype.build = function () {
    var list = this, table = this.table, heading = this.section.querySelector("h2, h3");
    var title = heading ? heading.textContent : table.meta.title;
    this.filters = q.filters(table, title, function (settings) { list.change(settings); });
    this.status = q.el("p", { class: "esito", role: "status" });
    this.head = q.el("tr", { "aria-rowindex": 1 });
    this.cols = q.el("colgroup");
    this.body = q.el("tbody");
    this.above = spacer(table.visible.length);
    this.below = spacer(table.visible.length);
    this.foot = q.el("tr");
    this.grid = q.el("table", { class: "elenco", "aria-label": title }, this.cols, q.el("thead", null, this.head),
      this.above.body, this.body, this.below.body, q.el("tfoot", null, this.foot));
    this.box = q.el("div", { class: "griglia" }, this.grid);
    this.empty = q.el("p", { class: "vuoto", hidden: true }, q.t(table.rows === 0 ? "empty" : "nothing"));
    var tools = q.el("div", { class: "strumenti" }, this.status, this.buttons());
    var fallback = Array.from(this.section.querySelectorAll("table, p.resto, p.niente, div.scorri"));
    fallback[0].before(this.filters.element, tools, this.box, this.empty);
    fallback.forEach(function (e) { e.remove(); });
    this.section.classList.add("viva");
    this.grid.addEventListener("keydown", function (e) { list.keys(e); });
    this.body.addEventListener("focusin", function (e) { list.entered(e.target.closest("tr")); });
    this.body.addEventListener("click", function (e) { list.clicked(e); });
    this.box.addEventListener("scroll", function () { requestAnimationFrame(function () { list.draw(); }); }, { passive: true });
    new ResizeObserver(function () { list.measure(); list.draw(); }).observe(this.box);
    window.addEventListener("beforeprint", function () { list.print(true); });
    window.addEventListener("afterprint", function () { list.print(false); });
  };

  function spacer(columns) {
    var cell = q.el("td", { colspan: columns });
    return { cell: cell, body: q.el("tbody", { "aria-hidden": "true", class: "vano" }, q.el("tr", null, cell)) };
  }

  // Copy and download of what is shown; the files of the whole table, which the
  // page came with, keep their place beside them.
  List.prototype.buttons = function () {
    var list = this;
    var whole = Array.from(this.section.querySelectorAll("p.resto a"));
    var copy = q.el("button", { type: "button", onclick: function () {
      q.copy(list.result, list.columns).then(function () { list.say("copied"); }, function () { list.say("not_copied"); });
    } }, q.t("copy"));
    var download = q.el("button", { type: "button", class: "scarica", onclick: function () { q.download(list.result, list.columns); } }, q.t("download"));
    var columns = q.chooser(this.table, function () { return list.settings(); }, function (settings) { list.change(settings); });
    return q.el("div", { class: "azioni" }, columns, copy, download,
      whole.length > 0 && q.el("span", { class: "interi" }, q.t("whole"), whole));
  };

  List.prototype.say = function (key) {
    this.status.textContent = q.t(key, { rows: q.count("rows", this.result.rows.length) });
    setTimeout(this.describe.bind(this), 4000);
  };

  List.prototype.heads = function () {
    var list = this;
    this.head.replaceChildren();
    this.cols.replaceChildren();
    this.columns.forEach(function (c) {
      var button = q.el("button", { type: "button", onclick: function () { list.sort(c); } }, c.title);
      list.head.append(q.el("th", { scope: "col", class: q.isNumber(c) ? "n" : null }, button));
      list.cols.append(q.el("col"));
    });
    var widths = q.widths(this.table, this.columns, this.head.firstElementChild), sum = 0;
    widths.forEach(function (w) { sum += w; });
    // In shares of the whole: on paper the same columns have less room.
    widths.forEach(function (w, i) { list.cols.children[i].style.width = 100 * w / sum + "%"; });
    this.grid.style.minWidth = sum + "px";
  };

  List.prototype.sort = function (column) {
    var settings = this.settings(), by = column.key;
    // Amounts and ages are asked for from the largest down, names from A to Z;
    // a third time gives the order of the report back.
    var turns = q.isNumber(column) || column.kind === "date" ? ["-" + by, by, ""] : [by, "-" + by, ""];
    settings.ordina = turns[(turns.indexOf(settings.ordina) + 1) % 3];
    this.change(settings);
  };

  List.prototype.change = function (settings) {
    q.address.set(this.table.name, settings, this.first);
    this.box.scrollTop = 0;
    this.current = 0;
    this.show();
  };

  // Shows what the address asks for, with the rows there are by now.
  List.prototype.show = function () {
    var settings = this.settings(), list = this;
    // More rows may arrive while somebody reads one: the keyboard stays on it.
    var held = this.body.contains(document.activeElement), row = held ? this.result.rows[this.current] : -1;
    this.result = q.query(this.table, settings);
    var columns = q.shownColumns(this.table, settings);
    if (!this.columns || columns.length !== this.columns.length || columns.some(function (c, i) { return c !== list.columns[i]; })) {
      this.columns = columns;
      this.heads();
    }
    if (held) this.current = this.position(row);
    this.filters.update(settings, this.result);
    Array.from(this.head.children).forEach(function (th, i) {
      var key = list.columns[i].key, by = settings.ordina;
      if (by === key || by === "-" + key) th.setAttribute("aria-sort", by === key ? "ascending" : "descending");
      else th.removeAttribute("aria-sort");
    });
    this.grid.setAttribute("aria-rowcount", this.result.rows.length + 2);
    this.current = Math.max(0, Math.min(this.current, this.result.rows.length - 1));
    this.empty.hidden = this.result.rows.length > 0 || this.table.loaded < this.table.rows;
    this.totals();
    this.describe();
    this.drawn.forEach(function (tr) { tr.remove(); });
    this.drawn.clear();
    this.measure();
    this.draw();
    if (held && this.drawn.has(this.current)) this.focus();
    q.placed();
  };

  List.prototype.totals = function () {
    var list = this, totals = q.totals(this.result);
    this.foot.replaceChildren.apply(this.foot, this.columns.map(function (c, i) {
      if (i === 0) return q.el("th", { scope: "row" }, q.t("total"));
      return q.isSummed(c) ? q.el("td", { class: "n", "data-key": c.key, "data-cents": totals[c.key] }, q.format.cents(totals[c.key])) : q.el("td");
    }));
    list.foot.setAttribute("aria-rowindex", this.result.rows.length + 2);
  };

  // How many rows of how many, and their first sum, in words: read out on every
  // change. The other sums are in the last line.
  List.prototype.describe = function () {
    var rows = this.result.rows.length, all = this.table.rows, totals = q.totals(this.result);
    var parts = [rows === all ? q.count("rows", all) : q.t("rows_of", { n: q.format.int(rows), all: q.count("rows", all) })];
    var summed = this.columns.find(q.isSummed);
    if (summed) parts.push(summed.title + " " + q.format.euro(totals[summed.key]));
    this.section.dataset.mostrate = rows;
    this.section.dataset.caricate = this.table.loaded;
    this.status.replaceChildren(q.el("strong", null, parts[0]), summed ? " · " + parts[1] : "", " ", this.loading() || "");
  };

  List.prototype.loading = function () {
    if (this.table.loaded >= this.table.rows) return null;
    this.percent = q.el("span", { class: "carica" });
    this.progress();
    return this.percent;
  };

  List.prototype.progress = function () {
    if (this.percent) this.percent.textContent = q.t("loading", { percent: Math.floor(100 * this.table.loaded / this.table.rows) });
  };

  List.prototype.measure = function () {
    var tr = this.body.querySelector("tr");
    if (tr) this.height = tr.getBoundingClientRect().height;
  };

  // Draws the rows that are seen, and a few around them.
  List.prototype.draw = function () {
    var rows = this.result.rows.length;
    if (!this.height && rows > 0) {
      this.put(0);
      this.measure();
    }
    var from = 0, to = Math.min(rows, PRINTED);
    if (!this.printing) {
      from = Math.max(0, Math.floor(this.box.scrollTop / this.height) - SPARE);
      to = Math.min(rows, from + Math.ceil(this.box.clientHeight / this.height) + 2 * SPARE);
    }
    var list = this;
    this.drawn.forEach(function (tr, i) {
      if (i >= from && i < to) return;
      // The keyboard must not fall out of the list with the row it was on.
      if (tr.contains(document.activeElement)) list.grid.focus({ preventScroll: true });
      tr.remove();
      list.drawn.delete(i);
    });
    for (var i = from; i < to; i++) if (!this.drawn.has(i)) this.put(i);
    this.room(this.above, from);
    this.room(this.below, rows - to);
    this.mark();
  };

  List.prototype.room = function (space, rows) {
    space.body.hidden = rows <= 0 || this.printing;
    space.cell.style.height = rows * this.height + "px";
  };

  // Puts row i of those shown in its place among the rows drawn.
  List.prototype.put = function (i) {
    var tr = this.row(i), before = this.body.lastElementChild;
    while (before && +before.dataset.i > i) before = before.previousElementSibling;
    if (before) before.after(tr);
    else this.body.prepend(tr);
    this.drawn.set(i, tr);
  };

  List.prototype.row = function (i) {
    var table = this.table, row = this.result.rows[i], panels = table.panels();
    var key = table.keyOf(row);
    return q.el("tr", { "aria-rowindex": i + 2, "data-i": i, "data-key": key }, this.columns.map(function (c, at) {
      var attributes = { class: q.isNumber(c) ? "n" : c.kind === "date" ? "d" : null };
      var content = q.content(table, c, row);
      if (content !== null && table.text(c, row).length > 22) attributes.title = table.text(c, row);
      if (at > 0) return q.el("td", attributes, content);
      attributes.scope = "row";
      if (panels) content = q.el("a", { href: q.address.of(panels, key) }, table.text(c, row) || q.t("open"));
      return q.el("th", attributes, content);
    }));
  };

  // One row is in the tab order, and the open one is marked.
  List.prototype.mark = function () {
    var list = this, card = q.address.card();
    this.grid.tabIndex = -1;
    this.drawn.forEach(function (tr, i) {
      tr.querySelectorAll("a").forEach(function (a) { a.tabIndex = i === list.current ? 0 : -1; });
      tr.classList.toggle("aperta", Boolean(card) && card.table === list.table.panels() && card.key === tr.dataset.key);
    });
    if (!this.drawn.has(this.current)) {
      var nearest = this.body.querySelector("a");
      if (nearest) nearest.tabIndex = 0;
    }
  };

  List.prototype.entered = function (tr) {
    if (!tr || +tr.dataset.i === this.current) return;
    this.current = +tr.dataset.i;
    this.mark();
  };

  // A click anywhere in a row opens it, unless a text is being selected or the
  // click was for a link of its own.
  List.prototype.clicked = function (e) {
    var tr = e.target.closest("tr");
    if (e.target.closest("a") || !tr || String(getSelection())) return;
    var link = tr.querySelector("th a");
    if (link) link.click();
  };

  List.prototype.keys = function (e) {
    if (e.altKey || e.ctrlKey || e.metaKey || e.target.closest("thead") || !this.result.rows.length) return;
    var page = Math.max(1, Math.floor(this.box.clientHeight / this.height) - 3), last = this.result.rows.length - 1;
    var to = { ArrowDown: this.current + 1, ArrowUp: this.current - 1, PageDown: this.current + page, PageUp: this.current - page, Home: 0, End: last }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    this.go(Math.max(0, Math.min(last, to)));
  };

  // Moves the keyboard to a row, scrolling it into sight.
  List.prototype.go = function (i) {
    this.current = i;
    var top = i * this.height, head = this.head.offsetHeight, foot = this.foot.offsetHeight;
    var seen = this.box.clientHeight - head - foot;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (top + this.height > this.box.scrollTop + seen) this.box.scrollTop = top + this.height - seen;
    this.draw();
    this.focus();
  };

  List.prototype.focus = function () {
    var link = this.drawn.get(this.current).querySelector("a");
    if (link) link.focus({ preventScroll: true });
  };

  // The position of a row of the table among those shown, -1 when it is not.
  List.prototype.position = function (row) { return this.result.rows.indexOf(row); };

  // On paper all the rows shown, up to a limit that is said.
  List.prototype.print = function (on) {
    if (this.printing === on) return;
    this.printing = on;
    if (on && this.result.rows.length > PRINTED) {
      this.cut = q.el("p", { class: "taglio" }, q.t("printed", { n: q.format.int(PRINTED), rows: q.count("rows", this.result.rows.length) }));
      this.box.after(this.cut);
    } else if (this.cut) {
      this.cut.remove();
      this.cut = null;
    }
    this.draw();
  };
})(quadra);
