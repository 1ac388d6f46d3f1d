// The address of a page says everything shown on it:
//   #t=pagamenti&stato=X,Y&importo.da=10.50&ordina=-importo&q=rossi&scheda=flussi:2026-...
// Each "t" begins the settings of one table; "scheda" is the open panel.
(function (q) {
  "use strict";

  var listeners = [];
  var state = { tables: [], card: null };
  var written = null;

  function parse(hash) {
    var now = { tables: [], card: null }, settings = null;
    new URLSearchParams(hash.replace(/^#/, "")).forEach(function (value, name) {
      if (name === "scheda") now.card = split(value);
      else if (name === "t") now.tables.push(settings = { name: value, settings: {} });
      else {
        // Without a "t" in front, settings are those of the page's first table.
        if (!settings) now.tables.push(settings = { name: null, settings: {} });
        settings.settings[name] = value;
      }
    });
    return now;
  }

  function split(card) {
    var colon = card.indexOf(":");
    return colon < 0 ? null : { table: card.slice(0, colon), key: card.slice(colon + 1) };
  }

  function write(now) {
    // Built by hand: URLSearchParams cannot keep commas and colons readable.
    var parts = [];
    now.tables.forEach(function (t) {
      var names = Object.keys(t.settings).filter(function (k) { return t.settings[k] !== ""; });
      if (!names.length) return;
      if (t.name) parts.push("t=" + escape(t.name));
      names.forEach(function (k) { parts.push(escape(k) + "=" + escape(t.settings[k])); });
    });
    if (now.card) parts.push("scheda=" + escape(now.card.table) + ":" + escape(now.card.key));
    return "#" + parts.join("&");
  }

  function escape(s) { return encodeURIComponent(s).replace(/%2C/g, ",").replace(/%20/g, "+"); }

  q.address = {
    settings: function (name, first) {
      var found = state.tables.find(function (t) { return t.name === name || t.name === null && first; });
      return found ? Object.assign({}, found.settings) : {};
    },
    card: function () { return state.card; },

    // Filters replace the address: going back leaves the page, not one letter of
    // what was typed.
    set: function (name, settings, first) {
      var found = state.tables.find(function (t) { return t.name === name || t.name === null && first; });
      if (!found) state.tables.push(found = { name: name, settings: {} });
      found.name = name;
      found.settings = settings;
      location.replace(write(state));
      written = location.hash;
    },

    // Panels are steps of their own: going back shows the one before.
    show: function (card) {
      state.card = card;
      location.hash = write(state);
      written = location.hash;
    },

    // The addresses of a panel, of what a search of a table finds and of what some
    // settings leave of it, for links.
    of: function (table, key) { return "#scheda=" + escape(table) + ":" + escape(key); },
    found: function (table, words) { return q.entry(table).page + "#t=" + escape(table) + "&q=" + escape(words); },
    filtered: function (table, settings) {
      return q.entry(table).page + "#t=" + escape(table) + settings.map(function (s) { return "&" + escape(s[0]) + "=" + escape(s[1]); }).join("");
    },
    read: function (href) { return parse(href.slice(href.indexOf("#"))).card; },
    listen: function (f) { listeners.push(f); },
  };

  state = parse(location.hash);

  window.addEventListener("hashchange", function () {
    if (location.hash === written) return; // our own doing, and already shown
    if (/^#[^=]+$/.test(location.hash)) return; // a place in the page
    written = null;
    state = parse(location.hash);
    listeners.forEach(function (f) { f(); });
  });
})(quadra);
