// Numbers, amounts and days as people write them, and back.
(function (q) {
  "use strict";

  function pad(n, width) {
    var s = String(n);
    while (s.length < width) s = "0" + s;
    return s;
  }

  function grouped(digits) {
    return digits.replace(/\B(?=(\d{3})+$)/g, q.t("group"));
  }

  // Cents are integers up to 2^53, far beyond any budget: no rounding anywhere.
  function cents(n, separator) {
    var abs = Math.abs(n), rest = abs % 100, whole = String((abs - rest) / 100);
    return (n < 0 ? "-" : "") + (separator ? grouped(whole) : whole) + q.t("decimal") + pad(rest, 2);
  }

  var instants = new Intl.DateTimeFormat("it-IT", {
    day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "Europe/Rome",
  });

  q.format = {
    int: function (n) { return (n < 0 ? "-" : "") + grouped(String(Math.abs(n))); },
    cents: function (n) { return cents(n, true); },
    euro: function (n) { return cents(n, true) + "\u00a0€"; },
    plainCents: function (n) { return cents(n, false); },
    date: function (n) {
      return pad(n % 100, 2) + "/" + pad(Math.floor(n / 100) % 100, 2) + "/" + pad(Math.floor(n / 10000), 4);
    },
    isoDate: function (n) {
      return pad(Math.floor(n / 10000), 4) + "-" + pad(Math.floor(n / 100) % 100, 2) + "-" + pad(n % 100, 2);
    },
    // An instant of the books, in Rome time, or a day, which has no hour; what is
    // neither stays as it is.
    instant: function (iso) {
      var day = q.read.date(iso);
      if (day !== null) return q.format.date(day);
      var d = new Date(iso);
      return isNaN(d) ? iso : instants.format(d);
    },
  };

  function day(year, month, date) {
    var d = new Date(Date.UTC(year, month - 1, date));
    return d.getUTCMonth() === month - 1 && d.getUTCDate() === date ? year * 10000 + month * 100 + date : null;
  }

  // Each reader gives null for what it cannot read. Only what a person types
  // comes here: amounts with points or without, days as gg/mm/aaaa or ISO.
  q.read = {
    cents: function (s) {
      s = s.replace(/[\s€]/g, "");
      // A lone point before one or two digits is the decimal sign of machines.
      var m = /^(-?)(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d{1,2}))?$/.exec(s) || /^(-?)(\d+)\.(\d{1,2})$/.exec(s);
      if (!m) return null;
      var n = Number(m[2].replace(/\./g, "")) * 100 + Number(((m[3] || "") + "00").slice(0, 2));
      if (!Number.isSafeInteger(n)) return null;
      return m[1] ? -n : n;
    },
    date: function (s) {
      s = s.trim();
      var m = /^(\d{1,2})[\/.-](\d{1,2})[\/.-](\d{4})$/.exec(s);
      if (m) return day(+m[3], +m[2], +m[1]);
      m = /^(\d{4})-(\d{2})-(\d{2})$/.exec(s);
      return m ? day(+m[1], +m[2], +m[3]) : null;
    },
    int: function (s) {
      s = s.replace(/[\s.]/g, "");
      return /^-?\d{1,15}$/.test(s) ? Number(s) : null;
    },
  };
})(quadra);
