// How values look in a row, and how wide their column is.
(function (q) {
  "use strict";

  var SIGNS = { "1": "bene", "-1": "male", "0": "neutro" };

  // A status or another name from a list; the sign says whether it is good.
  q.sign = function (title, sign) {
    return sign === undefined ? title : q.el("span", { class: "segno " + SIGNS[sign] }, title);
  };

  q.isSummed = function (column) { return column.kind === "cents" && column.total !== undefined; };

  q.isNumber = function (column) { return column.kind === "cents" || column.kind === "int"; };

  // The content of a cell: a link where it names another thing.
  q.content = function (table, column, row) {
    var v = table.value(column, row);
    if (v === null) return null;
    if (column.kind === "code") return q.sign(column.values[v].title, column.values[v].sign);
    var s = table.text(column, row);
    return column.link ? q.el("a", { href: q.address.of(column.link, v) }, s) : s;
  };

  // The columns shown: all but those that stand aside, changed by what the address
  // says ("-iur" turned off, "+causale" turned on). The first names the row: it stays.
  q.shownColumns = function (table, settings) {
    var changes = (settings.colonne || "").split(",");
    return table.visible.filter(function (c, i) {
      if (i === 0) return true;
      return c.aside ? changes.includes("+" + c.key) : !changes.includes("-" + c.key);
    });
  };

  // The control that chooses them.
  q.chooser = function (table, settings, change) {
    var box = q.disclosure(q.t("columns"), function (inside) {
      var shown = q.shownColumns(table, settings());
      inside.replaceChildren(q.el("fieldset", null, q.el("legend", { class: "nascosto" }, q.t("columns")), table.visible.slice(1).map(function (c) {
        var input = q.el("input", { type: "checkbox", value: c.key, checked: shown.includes(c), onchange: chosen });
        return q.el("label", null, input, q.el("span", { class: "nome" }, c.title));
      })));
      function chosen() {
        var changes = table.visible.slice(1).map(function (c) {
          var on = inside.querySelector("input[value='" + c.key + "']").checked;
          return on === Boolean(c.aside) ? (on ? "+" : "-") + c.key : "";
        }).filter(Boolean);
        change(Object.assign(settings(), { colonne: changes.join(",") }));
      }
    });
    return box.element;
  };

  var canvas = document.createElement("canvas").getContext("2d");
  var LONGEST = 26; // em: longer texts are cut, the panel has them whole
  var LONGEST_NAME = 19;
  var SAMPLE = 400;

  // Widths in pixels, from the longest of the first values: a table drawn a
  // screenful at a time cannot let its content decide, or it would jump.
  q.widths = function (table, columns, cell) {
    var style = getComputedStyle(cell), size = parseFloat(style.fontSize);
    canvas.font = style.fontWeight + " " + style.fontSize + " " + style.fontFamily;
    function wide(s) { return canvas.measureText(s).width; }
    return columns.map(function (c) {
      var width = wide(c.title) * 1.08 + size; // bold, and the arrow of the order
      var sign = c.kind === "code" ? 1.3 * size : 0;
      for (var i = 0; i < Math.min(SAMPLE, table.loaded); i++) width = Math.max(width, wide(table.text(c, i)) + sign);
      if (q.isSummed(c)) width = Math.max(width, wide(q.format.cents(c.total)) * 1.08);
      return Math.ceil(Math.min(width, (sign ? LONGEST_NAME : LONGEST) * size) + 1.5 * size);
    });
  };
})(quadra);
