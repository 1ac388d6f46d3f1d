// A table of the pack: its columns as arrays, filled chunk by chunk.
//
// Numbers are typed arrays as long as the table. Texts of a chunk stay one string,
// values separated by tabs, as they came: 200,000 rows of them are a few dozen
// large strings instead of millions of small ones, and searching is indexOf.
(function (q) {
  "use strict";

  var NONE = -0x80000000; // no value in an array of integers
  var catalogue = [];
  var byName = {};

  q.tables = function (list) { catalogue = list; };
  q.catalogue = function () { return catalogue; };
  q.entry = function (name) { return catalogue.find(function (t) { return t.name === name; }); };

  // Texts of one column in one chunk.
  function Texts(joined) {
    this.joined = joined;
    this.starts = null;
    this.folded = null;
  }

  // Where each value starts, and one past the end: found when first needed.
  Texts.prototype.index = function () {
    if (!this.starts) {
      var starts = [0];
      for (var at = this.joined.indexOf("\t"); at >= 0; at = this.joined.indexOf("\t", at + 1)) starts.push(at + 1);
      starts.push(this.joined.length + 1);
      this.starts = Uint32Array.from(starts);
    }
    return this.starts;
  };

  Texts.prototype.get = function (i) {
    var starts = this.index();
    return this.joined.slice(starts[i], starts[i + 1] - 1);
  };

  // Calls found with each row whose value contains the needle, in small letters.
  Texts.prototype.search = function (needle, found) {
    if (this.folded === null) {
      var lower = this.joined.toLowerCase();
      // Where folding changes lengths (İ), positions would no longer be those of
      // the values: such a chunk is searched as it is written.
      this.folded = lower.length === this.joined.length ? lower : this.joined;
    }
    var at = this.folded.indexOf(needle);
    if (at < 0) return;
    var starts = this.index(), row = 0;
    while (at >= 0) {
      row = rowAt(starts, at, row);
      found(row);
      at = this.folded.indexOf(needle, starts[row + 1]);
    }
  };

  function rowAt(starts, at, low) {
    var high = starts.length - 1;
    while (high - low > 1) {
      var middle = (low + high) >> 1;
      if (starts[middle] <= at) low = middle;
      else high = middle;
    }
    return low;
  }

  Texts.prototype.find = function (value) {
    var at = ("\t" + this.joined + "\t").indexOf("\t" + value + "\t");
    return at < 0 ? -1 : rowAt(this.index(), at, 0);
  };

  function Table(name) {
    this.name = name;
    this.loaded = 0; // rows, always from the first on
    this.meta = null;
    this.columns = [];
    this.cards = {};
    this.listeners = [];
    this.filling = null;
  }

  Table.prototype.define = function (meta) {
    var table = this;
    this.meta = meta;
    this.rows = meta.rows;
    this.columns = meta.columns.map(function (c) {
      var column = Object.assign({}, c);
      column.data = c.kind === "text" ? [] : arrayFor(c, meta.rows);
      column.table = table;
      return column;
    });
    this.visible = this.columns.filter(function (c) { return !c.hidden; });
    this.key = this.column(meta.key);
  };

  function arrayFor(column, rows) {
    if (column.kind === "cents") return new Float64Array(rows);
    if (column.kind === "code" && column.values.length < 0x8000) return new Int16Array(rows);
    return new Int32Array(rows);
  }

  Table.prototype.column = function (key) {
    return this.columns.find(function (c) { return c.key === key; });
  };

  Table.prototype.take = function (n, rows) {
    var from = n * this.meta.chunk, count = Math.min(this.meta.chunk, this.rows - from);
    this.columns.forEach(function (c) {
      var values = rows[c.key];
      if (c.kind === "text") {
        c.data[n] = new Texts(values);
        return;
      }
      if (c.kind === "cents") values = values.map(function (v) { return v === null ? NaN : v; });
      else if (c.kind === "int") values = values.map(function (v) { return v === null ? NONE : v; });
      c.data.set(values, from);
    });
    this.loaded = from + count;
  };

  // The value of a cell, null when there is none.
  Table.prototype.value = function (column, row) {
    if (column.kind === "text") {
      var chunk = this.meta.chunk;
      return column.data[Math.floor(row / chunk)].get(row % chunk) || null;
    }
    var v = column.data[row];
    switch (column.kind) {
      case "code": return v < 0 ? null : v;
      case "cents": return v !== v ? null : v;
      case "date": return v || null;
      default: return v === NONE ? null : v;
    }
  };

  Table.prototype.text = function (column, row) {
    var v = this.value(column, row);
    if (v === null) return "";
    switch (column.kind) {
      case "code": return column.values[v].title;
      case "text": return v;
      default: return q.format[column.kind](v);
    }
  };

  // The key of a row, null in tables whose rows are not spoken of elsewhere.
  Table.prototype.keyOf = function (row) { return this.key ? this.value(this.key, row) : null; };

  // Loads the table to its end, a chunk at a time; listeners hear of each.
  Table.prototype.fill = function () {
    if (!this.filling) this.filling = this.chunks();
    return this.filling;
  };

  Table.prototype.chunks = async function () {
    var n = 0, last = Math.ceil(this.rows / this.meta.chunk) - 1;
    for (; n <= last; n++) {
      var src = "dati/" + this.name + "." + n + ".js";
      await q.load(src);
      this.heard();
    }
    this.heard();
  };

  Table.prototype.heard = function () {
    var table = this;
    this.listeners.forEach(function (f) { f(table); });
  };

  // The row of a key, -1 when there is none; loads no more than it must.
  Table.prototype.find = async function (key) {
    var table = this, next = 0;
    function look() {
      for (; next < table.key.data.length; next++) {
        var i = table.key.data[next].find(key);
        if (i >= 0) return next * table.meta.chunk + i;
      }
      return -1;
    }
    var row = look();
    if (row >= 0 || table.loaded === table.rows) return row;
    return new Promise(function (kept, broken) {
      function listen() {
        var row = look();
        if (row < 0 && table.loaded < table.rows) return;
        table.listeners = table.listeners.filter(function (f) { return f !== listen; });
        kept(row);
      }
      table.listeners.push(listen);
      table.fill().catch(broken);
    });
  };

  // The card behind a row. Files of cards are large: only the last few are kept.
  var kept = [];
  Table.prototype.card = async function (row) {
    var size = this.cardsPerFile(), n = Math.floor(row / size), src = "dati/" + this.name + "." + n + ".schede.js";
    await q.load(src);
    var table = this;
    if (!kept.some(function (k) { return k.src === src; })) kept.push({ src: src, table: table, n: n });
    if (kept.length > 6) {
      var old = kept.shift();
      delete old.table.cards[old.n];
      q.forget(old.src);
    }
    return whole(this.cards[n].cards[row % size], this.cards[n].shared);
  };

  // What many cards of a file say alike stands once in it: a part of a card has its
  // place in shared.whys, the name of a file in shared.texts.
  function whole(card, shared) {
    function one(part) {
      if (part.w !== undefined) part = Object.assign({}, shared.whys[part.w], part);
      if (part.source && part.source.f !== undefined) part.source.file = shared.texts[part.source.f];
      return part;
    }
    if (card.why) card.why = one(card.why);
    ["line", "chapters", "history"].forEach(function (name) { if (card[name]) card[name] = card[name].map(one); });
    return card;
  }

  // The table whose panels the rows of this one open under their key; null when
  // they open none.
  Table.prototype.panels = function () {
    return this.meta.panels || (this.cardsPerFile() > 0 ? this.name : null);
  };

  Table.prototype.cardsPerFile = function () {
    return this.meta.cards === undefined ? this.meta.chunk : this.meta.cards;
  };

  q.table = function (meta) { known(meta.name).define(meta); };
  q.rows = function (name, n, rows) { known(name).take(n, rows); };
  q.cards = function (name, n, cards, shared) { known(name).cards[n] = { cards: cards, shared: shared }; };

  // The table of a name, with or without its columns yet.
  function known(name) {
    if (!byName[name]) byName[name] = new Table(name);
    return byName[name];
  }
  q.known = known;

  // q.open gives a table once its columns are known.
  q.open = async function (name) {
    var table = known(name);
    if (!table.meta) await q.load("dati/" + name + ".js");
    return table;
  };
})(quadra);
