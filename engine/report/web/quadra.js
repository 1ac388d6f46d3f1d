// quadra: what a report pack runs in the browser.
//
// Data comes in script files because browsers do not let a page opened from a
// file share read any other: each calls one of quadra.texts, quadra.tables,
// quadra.table, quadra.rows and quadra.cards. Texts of the controls are in
// texts.<language>.json; the texts about the books come with the data.
var quadra = {};

(function (q) {
  "use strict";

  var texts = {};
  q.texts = function (t) { texts = t; };

  // q.t gives a text with its {placeholders} filled in. A key without a text
  // shows itself: better an odd word than an empty button.
  q.t = function (key, values) {
    var s = key in texts ? texts[key] : key;
    return values ? s.replace(/\{(\w+)\}/g, function (_, name) { return values[name]; }) : s;
  };

  // q.count says how many, with singular and plural: rows_one, rows_many.
  q.count = function (key, n) {
    return q.t(key + (n === 1 ? "_one" : "_many"), { n: q.format.int(n) });
  };

  // q.el makes an element: attributes that are null or false are left out,
  // children are elements or texts. Nothing is ever parsed as HTML.
  q.el = function (tag, attributes) {
    var e = document.createElement(tag);
    for (var name in attributes) {
      var value = attributes[name];
      if (value === null || value === undefined || value === false) continue;
      if (name.slice(0, 2) === "on") e.addEventListener(name.slice(2), value);
      else if (name === "class") e.className = value;
      else e.setAttribute(name, value === true ? "" : value);
    }
    for (var i = 2; i < arguments.length; i++) append(e, arguments[i]);
    return e;
  };

  function append(e, child) {
    if (child === null || child === undefined || child === false) return;
    if (Array.isArray(child)) child.forEach(function (c) { append(e, c); });
    else e.append(child);
  }

  // q.later calls f once, wait milliseconds after the last call.
  q.later = function (f, wait) {
    var timer = 0;
    return function () {
      clearTimeout(timer);
      timer = setTimeout(f, wait);
    };
  };

  var loading = {};

  // q.load runs a script file of the pack, once; its data arrives through the
  // functions above before the promise is kept.
  q.load = function (src) {
    if (!loading[src]) {
      loading[src] = new Promise(function (kept, broken) {
        var s = document.createElement("script");
        s.src = src;
        s.onload = function () { s.remove(); kept(); };
        s.onerror = function () { s.remove(); delete loading[src]; broken(new Error(src)); };
        document.head.append(s);
      });
    }
    return loading[src];
  };

  // q.forget lets a script file be loaded again: what it brought was dropped.
  q.forget = function (src) { delete loading[src]; };
})(quadra);
