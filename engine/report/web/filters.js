// The controls above a table: words to look for, a choice for each column that
// can be filtered, what is shown in figures, copy and download.
(function (q) {
  "use strict";

  var MOST = 2000; // names to choose among
  var serial = 0;

  // q.filters builds the controls. change(settings) is called with new settings;
  // the returned update(settings, result) makes the controls say them.
  q.filters = function (table, label, change) {
    var settings = {};
    function set(changes) {
      settings = Object.assign({}, settings, changes);
      change(settings);
    }

    var words = q.el("input", { type: "search", id: "parole-" + ++serial, autocomplete: "off", spellcheck: "false" });
    words.addEventListener("input", q.later(function () { set({ q: words.value.trim() }); }, 80));

    // A list of names without names has nothing to choose; one of thousands is looked
    // through by typing.
    var boxes = table.columns.filter(function (c) { return c.filter && !(c.kind === "code" && (c.values.length === 0 || c.values.length > MOST)); }).map(function (c) {
      return c.kind === "code" ? choice(c, set) : c.kind === "text" ? piece(c, set) : span(c, set);
    });
    var reset = q.el("button", { type: "button", class: "azzera", hidden: true, onclick: function () {
      var none = { q: "" };
      Object.keys(settings).forEach(function (k) { if (isFilter(k)) none[k] = ""; });
      set(none);
      words.focus();
    } }, q.t("reset"));

    return {
      element: q.el("div", { class: "filtri", role: "group", "aria-label": q.t("filters_of", { table: label }) },
        q.el("span", { class: "parole" }, q.el("label", { for: words.id }, q.t("words")), words),
        boxes.map(function (b) { return b.element; }), reset),
      update: function (now, result) {
        settings = now;
        if (document.activeElement !== words) words.value = now.q || "";
        boxes.forEach(function (b) { b.update(now, result); });
        reset.hidden = !Object.keys(now).some(function (k) { return isFilter(k) && now[k]; });
      },
    };
  };

  function isFilter(setting) { return setting !== "ordina" && setting !== "colonne"; }

  // A filter is a disclosure: closed it says what is chosen, open it lets choose.
  q.disclosure = function (title, fill) {
    var chosen = q.el("span", { class: "scelta" });
    var inside = q.el("div", { class: "tendina" });
    var details = q.el("details", { class: "filtro" }, q.el("summary", null, title, " ", chosen), inside);
    details.addEventListener("toggle", function () {
      if (!details.open) return;
      document.querySelectorAll("details.filtro[open]").forEach(function (d) { if (d !== details) d.open = false; });
      fill(inside);
      inside.classList.toggle("a-destra", details.getBoundingClientRect().left + inside.offsetWidth > document.documentElement.clientWidth);
    });
    details.addEventListener("keydown", function (e) {
      if (e.key !== "Escape" || !details.open) return;
      e.stopPropagation();
      details.open = false;
      details.firstElementChild.focus();
    });
    return {
      element: details,
      say: function (text) {
        chosen.textContent = text || "";
        details.classList.toggle("attivo", Boolean(text));
      },
    };
  };

  document.addEventListener("click", function (e) {
    document.querySelectorAll("details.filtro[open]").forEach(function (d) { if (!d.contains(e.target)) d.open = false; });
  });

  // Codes: as many as wanted, with how many rows each would show.
  function choice(column, set) {
    var now = [], result = null, list = null;
    var b = q.disclosure(column.title, function (inside) {
      if (!list) {
        list = q.el("fieldset", null, q.el("legend", { class: "nascosto" }, column.title));
        inside.append(list);
      }
      fill();
    });

    // Redrawn only while open: counting costs a pass over the table.
    function fill() {
      var counts = result.counts(column);
      var values = column.values.concat({ code: "-", title: q.t("none") });
      if (list.childElementCount === 1) {
        values.forEach(function (v) {
          var input = q.el("input", { type: "checkbox", value: v.code, onchange: chosen });
          list.append(q.el("label", null, input, q.el("span", { class: "nome" }, q.sign(v.title, v.sign)), q.el("span", { class: "quanti" })));
        });
      }
      list.querySelectorAll("label").forEach(function (l, i) {
        var input = l.firstElementChild, n = counts[i];
        input.checked = q.wanted(now, values[i].code);
        l.lastElementChild.textContent = q.format.int(n);
        l.hidden = n === 0 && !input.checked;
      });
    }

    function chosen() {
      var codes = Array.from(list.querySelectorAll(":checked"), function (i) { return i.value; });
      set(single(column.key, codes.join(",")));
    }

    return {
      element: b.element,
      update: function (settings, r) {
        result = r;
        now = settings[column.key] ? settings[column.key].split(",") : [];
        var titles = column.values.filter(function (v) { return q.wanted(now, v.code); }).map(function (v) { return v.title; });
        if (now.includes("-")) titles.push(q.t("none"));
        b.say(titles.length > 1 ? q.t("and_more", { first: titles[0], n: titles.length - 1 }) : titles[0]);
        if (b.element.open) fill();
      },
    };
  }

  // A piece of a text.
  function piece(column, set) {
    var input = q.el("input", { type: "search", autocomplete: "off", spellcheck: "false" });
    input.addEventListener("input", q.later(function () { set(single(column.key, input.value.trim())); }, 80));
    var b = q.disclosure(column.title, function (inside) {
      if (!inside.childElementCount) inside.append(q.el("label", null, q.t("contains"), input));
      input.focus();
    });
    return {
      element: b.element,
      update: function (settings) {
        var s = settings[column.key] || "";
        if (document.activeElement !== input) input.value = s;
        b.say(s);
      },
    };
  }

  // From - to, and ready ranges where the column has them.
  function span(column, set) {
    var from = bound("from", ".da"), to = bound("to", ".a"), result = null, ranges = null, settings = {};
    var b = q.disclosure(column.title, function (inside) {
      if (!inside.childElementCount) {
        if (column.bucket) inside.append(ranges = q.el("div", { class: "fasce" }));
        inside.append(q.el("div", { class: "da-a" }, from.element, to.element));
      }
      fill();
    });

    function bound(name, suffix) {
      var id = "limite-" + ++serial;
      var wrong = q.el("span", { class: "errore", id: id + "-errore", role: "alert" });
      var input = q.el("input", { id: id, autocomplete: "off", size: 12, inputmode: column.kind === "cents" ? "decimal" : null, "aria-describedby": id + "-errore",
        placeholder: column.kind === "date" ? q.t("date_form") : null });
      input.addEventListener("change", function () {
        var v = input.value.trim() === "" ? "" : q.read[column.kind](input.value);
        input.setAttribute("aria-invalid", v === null);
        wrong.textContent = v === null ? q.t("wrong_" + column.kind) : "";
        if (v !== null) set(single(column.key + suffix, v === "" ? "" : written(column, v)));
      });
      return {
        element: q.el("span", null, q.el("label", { for: id }, q.t(name)), input, wrong),
        show: function (v) { if (document.activeElement !== input) input.value = v === null ? "" : q.format[column.kind](v); },
      };
    }

    function fill() {
      if (!ranges) return;
      var counts = result.counts(column);
      if (!ranges.childElementCount) {
        q.buckets(column).forEach(function (r) {
          ranges.append(q.el("button", { type: "button", onclick: function () {
            var on = isChosen(r), changes = {};
            changes[column.key + ".da"] = on ? "" : written(column, r.from);
            changes[column.key + ".a"] = on || r.to === null ? "" : written(column, r.to);
            set(changes);
          } }, q.el("span", { class: "nome" }, named(column, r)), " ", q.el("span", { class: "quanti" })));
        });
      }
      q.buckets(column).forEach(function (r, i) {
        ranges.children[i].setAttribute("aria-pressed", isChosen(r));
        ranges.children[i].lastElementChild.textContent = q.format.int(counts[i]);
      });
    }

    function isChosen(r) {
      return q.bound(column, settings[column.key + ".da"]) === r.from && q.bound(column, settings[column.key + ".a"]) === r.to;
    }

    return {
      element: b.element,
      update: function (now, r) {
        settings = now;
        result = r;
        var low = q.bound(column, now[column.key + ".da"]), high = q.bound(column, now[column.key + ".a"]);
        from.show(low);
        to.show(high);
        b.say(low === null && high === null ? "" : named(column, { from: low, to: high }));
        if (b.element.open) fill();
      },
    };
  }

  function named(column, r) {
    var show = q.format[column.kind];
    if (r.to === null) return q.t("at_least", { from: show(r.from) });
    if (r.from === null) return q.t("at_most", { to: show(r.to) });
    return r.from === r.to ? show(r.from) : show(r.from) + "–" + show(r.to);
  }

  // A value as the address has it, whatever the language of the pack.
  function written(column, v) {
    if (column.kind === "date") return q.format.isoDate(v);
    return column.kind === "cents" ? (v / 100).toFixed(2) : String(v);
  }

  function single(key, value) {
    var changes = {};
    changes[key] = value;
    return changes;
  }
})(quadra);
