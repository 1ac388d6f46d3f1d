// The panel of one thing: its chain on a timeline, the why, chapters, notes,
// proposals, history and links to its neighbours. It stands beside the list, which
// stays usable; on narrow screens it covers it. Its address is part of the page's,
// so that back, forward and links from elsewhere work.
(function (q) {
  "use strict";

  var narrow = matchMedia("(max-width: 60rem)");
  var panel = null, opener = null, turn = 0;

  q.panel = function () {
    panel = q.el("dialog", { class: "scheda", "aria-labelledby": "scheda-titolo" });
    document.body.append(panel);
    panel.addEventListener("keydown", function (e) { if (e.key === "Escape") leave(e); });
    panel.addEventListener("cancel", leave);
    document.addEventListener("click", follow);
    q.address.listen(render);
    render();
  };

  // Links to panels keep what else the address says, filters above all.
  function follow(e) {
    var a = e.target.closest && e.target.closest("a[href^='#scheda=']");
    if (!a || e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
    e.preventDefault();
    if (!panel.contains(a)) opener = a;
    q.address.show(q.address.read(a.getAttribute("href")));
    render();
  }

  function leave(e) {
    e.preventDefault();
    q.address.show(null);
    hide();
  }

  function hide() {
    if (!panel.open) return;
    panel.close();
    document.body.classList.remove("con-scheda");
    marks();
    var back = opener && document.contains(opener) ? opener : document.querySelector("tr.ultima a") || document.getElementById("contenuto");
    if (back) back.focus({ preventScroll: true });
    opener = null;
  }

  function marks() { q.lists.forEach(function (l) { if (l.result) l.mark(); }); }

  async function render() {
    var card = q.address.card(), mine = ++turn;
    if (!card) return hide();
    show(q.t("loading_card"), []);
    marks();
    try {
      var table = await q.open(card.table), row = await table.find(card.key);
      var content = row < 0 ? null : await table.card(row);
      var place = content && await among(card);
      if (mine !== turn) return; // another was asked for meanwhile
      if (!content) return show(q.t("not_found", { key: card.key }), [q.el("p", null, q.t("not_found_why"))]);
      show(content.title, body(content), table, row, place);
    } catch (_) {
      if (mine === turn) show(q.t("not_found", { key: card.key }), [q.el("p", null, q.t("not_readable"))]);
    }
  }

  function show(title, content, table, row, place) {
    var heading = q.el("h2", { id: "scheda-titolo", tabindex: -1 }, title);
    panel.replaceChildren(
      q.el("header", null, heading, q.el("div", { class: "passi" }, place && neighbours(place),
        q.el("button", { type: "button", class: "chiudi", onclick: leave }, q.t("close")))),
      q.el("div", { class: "corpo" }, content, table && facts(table, row)));
    if (!panel.open) {
      document.body.classList.add("con-scheda");
      if (narrow.matches) panel.showModal();
      else panel.show();
    }
    panel.scrollTop = 0;
    heading.focus({ preventScroll: true });
  }

  // Where the thing is among the rows that a list of this page shows now.
  async function among(card) {
    var list = q.lists.find(function (l) { return l.result && l.table.panels() === card.table; });
    var row = list ? await list.table.find(card.key) : -1;
    var at = row < 0 ? -1 : list.position(row);
    return at < 0 ? null : { list: list, at: at, card: card };
  }

  // Says again where the thing is, after its list changed.
  q.placed = async function () {
    var card = q.address.card();
    if (!card || !panel || !panel.open || !panel.querySelector(".passi")) return;
    var mine = turn, place = await among(card), steps = panel.querySelector(".passi"), focused = steps.contains(document.activeElement);
    if (mine !== turn || focused) return;
    Array.from(steps.children).slice(0, -1).forEach(function (e) { e.remove(); });
    if (place) steps.prepend.apply(steps, neighbours(place));
  };

  // The one before and the one after.
  function neighbours(place) {
    var list = place.list, at = place.at;
    function step(key, to) {
      return q.el("button", { type: "button", disabled: to < 0 || to >= list.result.rows.length, onclick: function () {
        list.go(to);
        opener = document.activeElement;
        q.address.show({ table: place.card.table, key: list.table.keyOf(list.result.rows[to]) });
        render();
      } }, q.t(key));
    }
    return [step("previous", at - 1), q.el("span", { class: "posto" }, q.t("position", { n: q.format.int(at + 1), all: q.format.int(list.result.rows.length) })), step("next", at + 1)];
  }

  function body(c) {
    return [c.why && why(c.why), c.line && chain(c.line), part("chapters", c.chapters && chapters(c.chapters)),
      part("rejects", c.rejects && rejects(c.rejects)), part("notes", c.notes && notes(c.notes)),
      part("proposals", c.proposals && proposals(c.proposals)), part("neighbours", c.links && links(c.links)), part("history", c.history && history(c.history))];
  }

  function part(key, content) {
    return content && q.el("section", { class: "parte-" + key }, q.el("h3", null, q.t(key)), content);
  }

  function why(w) {
    return q.el("section", { class: "perche" },
      q.el("p", { class: "stato" }, q.sign(w.name, w.sign), " ", q.el("code", null, w.status),
        w.difference ? q.el("span", { class: "differenza" }, q.t("difference"), " ", q.format.euro(w.difference)) : null),
      w.text && q.el("p", null, w.text),
      w.labels && w.labels.length > 0 && q.el("p", { class: "etichette" }, q.t("labels"), " ", w.labels.map(function (l) { return q.el("code", null, l); })),
      w.facts && w.facts.length > 0 && q.el("details", null, q.el("summary", null, q.t("facts"), w.rule ? " · " + w.rule : ""), pairs(w.facts)));
  }

  function pairs(rows) {
    return q.el("dl", { class: "dati" }, rows.map(function (r) { return [q.el("dt", null, r[0]), q.el("dd", null, r[1])]; }));
  }

  // The chain, in the order of its days: what happened, for how much, from which
  // line of which file.
  function chain(line) {
    return q.el("section", null, q.el("h3", null, q.t("chain")), q.el("ol", { class: "catena" }, line.map(function (s) {
      var title = leading(s.to, s.title);
      return q.el("li", { class: "passo di-" + s.what + (s.missing ? " manca" : "") },
        q.el("time", s.on ? { datetime: q.format.isoDate(s.on) } : null, s.on ? q.format.date(s.on) : "–"),
        q.el("div", null,
          q.el("p", { class: "titolo" }, q.el("strong", null, title), s.cents === undefined || s.cents === null ? null : q.el("span", { class: "importo" }, q.format.euro(s.cents))),
          s.text && q.el("p", null, s.text),
          s.source && q.el("p", { class: "fonte" }, from(s.source))));
    })));
  }

  // A line of a file, which leads to the deliveries of its name where the pack has
  // them; after a slash stands what is inside a container.
  function from(source) {
    var said = source.line ? q.t("source", { file: source.file, line: q.format.int(source.line) }) : source.file;
    return q.entry("file") ? q.el("a", { href: q.address.filtered("file", [["file", source.file.split("/")[0]]]) }, said) : said;
  }

  // A text that leads to the panel of what it names, where there is one.
  function leading(place, text) {
    return place ? q.el("a", { href: q.address.of(place.table, place.key) }, text) : text;
  }

  function chapters(list) {
    // What no part has needs no column.
    var heads = ["year", "office", "chapter", "article", "accertamento"].filter(function (h) { return list.some(function (c) { return c[h]; }); });
    return q.el("table", { class: "quadro" },
      q.el("thead", null, q.el("tr", null, heads.map(function (h) { return q.el("th", { scope: "col" }, q.t(h)); }), q.el("th", { scope: "col", class: "n" }, q.t("amount")))),
      q.el("tbody", null, list.map(function (c) {
        var to = { chapter: c.to, accertamento: c.held };
        return q.el("tr", null, heads.map(function (h) { return q.el("td", null, c[h] ? leading(to[h], String(c[h])) : "–"); }), q.el("td", { class: "n" }, q.format.cents(c.cents)));
      })));
  }

  function rejects(list) {
    return q.el("table", { class: "quadro" },
      q.el("thead", null, q.el("tr", null, ["line", "column", "code", "remedy"].map(function (h) { return q.el("th", { scope: "col" }, q.t(h)); }))),
      q.el("tbody", null, list.map(function (r) {
        return q.el("tr", null, q.el("td", { class: r.entry ? null : "n" }, leading(r.to, (r.entry ? r.entry + ", " : "") + q.format.int(r.line))), q.el("td", null, r.column || "–"), q.el("td", null, q.el("code", null, r.code)), q.el("td", null, r.text));
      })));
  }

  function notes(list) {
    return q.el("ul", { class: "note" }, list.map(function (n) {
      return q.el("li", null,
        q.el("p", { class: "capo" }, q.el("strong", null, q.t("note_" + n.state)), " · ", n.author, " · ", q.format.instant(n.at),
          n.due ? [" · ", q.t("due", { date: q.format.date(n.due) })] : null),
        q.el("p", null, n.text));
    }));
  }

  function proposals(list) {
    return q.el("ul", { class: "proposte" }, list.map(function (p) {
      return q.el("li", null, q.el("strong", null, q.t("score", { score: p.score })), " ", p.text,
        p.reasons && p.reasons.length > 0 && q.el("ul", null, p.reasons.map(function (r) { return q.el("li", null, r); })));
    }));
  }

  // One thing, or the list of those in which something is found or that filters leave.
  function links(list) {
    return q.el("ul", { class: "vicini" }, list.map(function (l) {
      var href = l.where ? q.address.filtered(l.table, l.where) : l.find ? q.address.found(l.table, l.find) : q.address.of(l.table, l.key);
      return q.el("li", null, q.el("a", { href: href }, l.text));
    }));
  }

  function history(list) {
    return q.el("table", { class: "quadro" },
      q.el("thead", null, q.el("tr", null, ["at", "run", "from_status", "to_status", "cause"].map(function (h) { return q.el("th", { scope: "col" }, q.t(h)); }))),
      q.el("tbody", null, list.map(function (h) {
        return q.el("tr", null, q.el("td", null, q.format.instant(h.at)), q.el("td", null, h.run ? String(h.run) : "–"), q.el("td", null, h.from || "–"), q.el("td", null, h.to || "–"), q.el("td", null, h.cause));
      })));
  }

  // The row itself, every column of it with nothing cut, and where its list is.
  function facts(table, row) {
    var values = table.visible.map(function (c) {
      var content = q.content(table, c, row);
      if (content !== null && c.kind === "cents") content = q.format.euro(table.value(c, row));
      return content === null ? null : [c.title, content];
    }).filter(Boolean);
    var entry = q.entry(table.name);
    return part("row", [pairs(values), entry && q.el("p", null, q.el("a", { href: entry.page }, q.t("list_of", { table: entry.title })))]);
  }
})(quadra);
