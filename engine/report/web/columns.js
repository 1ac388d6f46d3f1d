// How values look in a row, and how wide their column is.
(function (q) {
  "use strict";

  var SIGNS = { "1": "bene", "-1": "male", "0": "neutro" };

  // A status or another name from a list; the sign says whether it is good.
  q.sign = function (title, sign) {
    return sign === undefined ? title : q.el("span", { class: "segno " + SIGNS[sign] }, title);
  };

  q.isNumber = function (column) { return column.kind === "cents" || column.kind === "int"; };

  // The content of a cell: a link where it names another thing.
  q.content = function (table, column, row) {
    var v = table.value(column, row);
    if (v === null) return null;
    if (column.kind === "code") return q.sign(column.values[v].title, column.values[v].sign);
    var s = table.text(column, row);
    return column.link ? q.el("a", { href: q.address.of(column.link, v) }, s) : s;
  };

  var canvas = document.createElement("canvas").getContext("2d");
  var LONGEST = 26; // em: longer texts are cut, the panel has them whole
  var SAMPLE = 400;

  // Widths in pixels, from the longest of the first values: a table drawn a
  // screenful at a time cannot let its content decide, or it would jump.
  q.widths = function (table, columns, cell) {
    var style = getComputedStyle(cell), size = parseFloat(style.fontSize);
    canvas.font = style.fontWeight + " " + style.fontSize + " " + style.fontFamily;
    function wide(s) { return canvas.measureText(s).width; }
    return columns.map(function (c) {
      var width = wide(c.title) * 1.08 + size; // bold, and the arrow of the order
      if (c.kind === "code") c.values.forEach(function (v) { width = Math.max(width, wide(v.title) + 1.4 * size); });
      else {
        for (var i = 0; i < Math.min(SAMPLE, table.loaded); i++) width = Math.max(width, wide(table.text(c, i)));
        if (c.kind === "cents") width = Math.max(width, wide(q.format.cents(c.total || 0)) * 1.08);
      }
      return Math.ceil(Math.min(width, LONGEST * size) + 1.5 * size);
    });
  };
})(quadra);
