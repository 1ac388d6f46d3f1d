// What is shown, taken elsewhere: to the clipboard, to a file.
(function (q) {
  "use strict";

  // As the other CSV files of the pack are written: a cell that a spreadsheet
  // would run as a formula gets an apostrophe in front.
  function disarmed(s) {
    return /^[\s\x00-\x1f]*[=+\-@＝＋－＠]/.test(s) && !/^-\d+([.,]\d+)*$/.test(s) ? "'" + s : s;
  }

  function quoted(s) {
    return /[;"\r\n]/.test(s) ? '"' + s.replace(/"/g, '""') + '"' : s;
  }

  // Lines of what is shown, amounts without points between thousands: programs
  // read them too. Given in parts, so that 200,000 rows are no single string.
  function parts(result, columns, separator, cell) {
    var table = result.table, out = [], lines = [];
    lines.push(columns.map(function (c) { return cell(c.title); }).join(separator));
    result.rows.forEach(function (row) {
      lines.push(columns.map(function (c) {
        if (c.kind !== "cents") return cell(disarmed(table.text(c, row)));
        var v = table.value(c, row);
        return v === null ? "" : q.format.plainCents(v);
      }).join(separator));
      if (lines.length === 5000) {
        out.push(lines.join("\r\n") + "\r\n");
        lines = [];
      }
    });
    out.push(lines.join("\r\n") + "\r\n");
    return out;
  }

  q.download = function (result, columns) {
    var blob = new Blob(["\ufeff"].concat(parts(result, columns, ";", quoted)), { type: "text/csv;charset=utf-8" });
    var a = q.el("a", { href: URL.createObjectURL(blob), download: result.table.name + q.t("shown_suffix") + ".csv" });
    document.body.append(a);
    a.click();
    a.remove();
    setTimeout(function () { URL.revokeObjectURL(a.href); }, 60000);
  };

  q.copy = async function (result, columns) {
    var text = parts(result, columns, "\t", function (s) { return s; }).join("");
    try {
      await navigator.clipboard.writeText(text);
    } catch (_) {
      // Browsers that keep the clipboard from pages opened as files still obey the
      // old command.
      var area = q.el("textarea", { class: "nascosto", "aria-hidden": "true" });
      area.value = text;
      document.body.append(area);
      area.select();
      var done = document.execCommand("copy");
      area.remove();
      if (!done) throw new Error("clipboard");
    }
  };
})(quadra);
