// What is shown of a table: filters, order, totals, and how many rows each
// choice of a filter would give.
(function (q) {
  "use strict";

  // Settings are what the address says of one table: texts by name, "stato" for
  // codes, "importo.da" and "importo.a" for ranges, "q" and "ordina".
  //
  // A filter marks the rows it leaves out with a bit of its own. A row without
  // bits is shown; a row with one bit only would be shown without that filter,
  // which is what the counts beside its choices need.
  q.query = function (table, settings) {
    var n = table.loaded;
    var out = new Uint32Array(n);
    var filters = compile(table, settings);
    filters.forEach(function (f, i) { f.mark(out, n, 1 << i); });
    return {
      table: table,
      loaded: n,
      rows: pick(order(table, settings.ordina), out),
      totals: null,
      counts: function (column) {
        var own = filters.findIndex(function (f) { return f.column === column; });
        return counts(column, out, n, own < 0 ? 0 : 1 << own);
      },
    };
  };

  // Sums over the rows shown of the amounts that can be summed: those with a total
  // of their own. Cents are whole numbers within 2^53: the sum is exact.
  q.totals = function (result) {
    if (!result.totals) {
      result.totals = {};
      result.table.columns.forEach(function (c) {
        if (!q.isSummed(c)) return;
        var sum = 0, data = c.data, rows = result.rows;
        for (var i = 0; i < rows.length; i++) {
          var v = data[rows[i]];
          if (v === v) sum += v;
        }
        result.totals[c.key] = sum;
      });
    }
    return result.totals;
  };

  function compile(table, settings) {
    var filters = [];
    table.columns.forEach(function (c) {
      if (c.kind === "code") {
        if (settings[c.key]) filters.push(codes(c, settings[c.key].split(",")));
      } else if (c.kind === "text") {
        if (settings[c.key]) filters.push(contains(c, settings[c.key]));
      } else {
        var from = q.bound(c, settings[c.key + ".da"]), to = q.bound(c, settings[c.key + ".a"]);
        if (from !== null || to !== null) filters.push(range(c, from, to));
      }
    });
    if (settings.q && settings.q.trim()) filters.push(search(table, settings.q));
    return filters;
  }

  // The number behind an end of a range in the address; null when there is none.
  q.bound = function (column, s) { return s ? q.read[column.kind](s) : null; };

  // Whether a code is among those asked for: one with a star asks for all that begin
  // so.
  q.wanted = function (wanted, code) {
    return wanted.some(function (w) { return w === code || w.slice(-1) === "*" && code.startsWith(w.slice(0, -1)); });
  };

  function codes(column, wanted) {
    var in_ = new Uint8Array(column.values.length + 1); // the last is "none"
    column.values.forEach(function (v, i) { if (q.wanted(wanted, v.code)) in_[i] = 1; });
    if (wanted.includes("-")) in_[column.values.length] = 1;
    return {
      column: column,
      mark: function (out, n, bit) {
        var data = column.data, none = column.values.length;
        for (var i = 0; i < n; i++) if (!in_[data[i] < 0 ? none : data[i]]) out[i] |= bit;
      },
    };
  }

  function range(column, from, to) {
    var low = from === null ? -Infinity : from, high = to === null ? Infinity : to;
    var none = column.kind === "date" ? 0 : -0x80000000; // NaN fails both comparisons by itself
    return {
      column: column,
      mark: function (out, n, bit) {
        var data = column.data;
        for (var i = 0; i < n; i++) {
          var v = data[i];
          if (!(v >= low && v <= high && v !== none)) out[i] |= bit;
        }
      },
    };
  }

  function contains(column, needle) {
    return {
      column: column,
      mark: function (out, n, bit) {
        var hit = new Uint8Array(n);
        markTexts(column, needle.toLowerCase(), hit);
        for (var i = 0; i < n; i++) if (!hit[i]) out[i] |= bit;
      },
    };
  }

  function markTexts(column, needle, hit) {
    var chunk = column.table.meta.chunk;
    column.data.forEach(function (texts, n) {
      texts.search(needle, function (i) { hit[n * chunk + i] = 1; });
    });
  }

  // Every word must be somewhere in the row: in a text, in the name of a code, or
  // be its amount or its day.
  function search(table, text) {
    var words = text.trim().toLowerCase().split(/\s+/);
    // A key repeats what other columns say, in a form nobody sees.
    var columns = table.columns.filter(function (c) { return c !== table.key || !c.hidden; });
    return {
      mark: function (out, n, bit) {
        words.forEach(function (word) {
          var hit = q.hits(table, word, columns, n);
          for (var i = 0; i < n; i++) if (!hit[i]) out[i] |= bit;
        });
      },
    };
  }

  // Marks the rows in which one of the columns holds the word.
  q.hits = function (table, word, columns, n) {
    var hit = new Uint8Array(n), amount = q.read.cents(word), day = q.read.date(word);
    columns.forEach(function (c) {
      if (c.kind === "text") markTexts(c, word, hit);
      else if (c.kind === "cents" && amount !== null) markEqual(c.data, amount, hit);
      else if (c.kind === "date" && day !== null) markEqual(c.data, day, hit);
      else if (c.kind === "code") markTitles(c, word, hit);
    });
    return hit;
  };

  function markEqual(data, value, hit) {
    for (var i = 0; i < hit.length; i++) if (data[i] === value) hit[i] = 1;
  }

  function markTitles(column, word, hit) {
    var named = column.values.map(function (v) { return v.title.toLowerCase().includes(word); });
    if (!named.includes(true)) return;
    for (var i = 0; i < hit.length; i++) if (column.data[i] >= 0 && named[column.data[i]]) hit[i] = 1;
  }

  function pick(order, out) {
    var rows = new Uint32Array(order ? order.length : out.length), m = 0;
    if (order) {
      for (var i = 0; i < order.length; i++) if (out[order[i]] === 0) rows[m++] = order[i];
    } else {
      for (var j = 0; j < out.length; j++) if (out[j] === 0) rows[m++] = j;
    }
    return rows.subarray(0, m);
  }

  // The ranges of a column with buckets: from each lower bound to the next.
  q.buckets = function (column) {
    return column.bucket.map(function (from, i) {
      return { from: from, to: i + 1 < column.bucket.length ? column.bucket[i + 1] - 1 : null };
    });
  };

  function counts(column, out, n, own) {
    var data = column.data, i;
    if (column.kind === "code") {
      var byCode = new Int32Array(column.values.length + 1);
      for (i = 0; i < n; i++) if ((out[i] & ~own) === 0) byCode[data[i] < 0 ? column.values.length : data[i]]++;
      return byCode;
    }
    var bounds = column.bucket, byBucket = new Int32Array(bounds.length);
    for (i = 0; i < n; i++) {
      if ((out[i] & ~own) !== 0 || !(data[i] >= bounds[0])) continue;
      var b = bounds.length - 1;
      while (data[i] < bounds[b]) b--;
      byBucket[b]++;
    }
    return byBucket;
  }

  // The whole table in the order of a column, "-" in front for the largest first;
  // null is the order it came in. Rows without a value are last either way, equal
  // ones keep the order they came in. Orders are remembered: turning filters on
  // and off must not sort again.
  function order(table, by) {
    var column = by && table.column(by.replace(/^-/, ""));
    if (!column) return null;
    if (!table.orders || table.orders.loaded !== table.loaded) table.orders = { loaded: table.loaded };
    if (!table.orders[by]) table.orders[by] = sorted(ranks(column, table.loaded), by[0] === "-" ? -1 : 1);
    return table.orders[by];
  }

  function sorted(rank, sign) {
    var rows = new Uint32Array(rank.length), i;
    for (i = 0; i < rows.length; i++) rows[i] = i;
    return rows.sort(function (a, b) {
      var x = rank[a], y = rank[b];
      if (x === y) return a - b;
      if (x === Infinity) return 1;
      if (y === Infinity) return -1;
      return x < y ? -sign : sign;
    });
  }

  // A number for each row that orders as its value does; Infinity for none.
  function ranks(column, n) {
    var rank = new Float64Array(n), i;
    if (column.kind !== "text" && column.kind !== "code") {
      for (i = 0; i < n; i++) {
        var v = column.table.value(column, i);
        rank[i] = v === null ? Infinity : v;
      }
      return rank;
    }
    var places = new Map(), place;
    for (i = 0; i < n; i++) {
      var s = column.table.text(column, i);
      place = places.get(s);
      if (place === undefined) places.set(s, place = places.size);
      rank[i] = place;
    }
    var names = Array.from(places.keys());
    // Names want the order of a dictionary. Identifiers, which are many and all
    // different, are the same in the order of their characters, far quicker.
    var inOrder = names.slice().sort(names.length > 20000 ? undefined : collator.compare);
    var rankOf = new Float64Array(names.length);
    inOrder.forEach(function (s, r) { rankOf[places.get(s)] = s === "" ? Infinity : r; });
    for (i = 0; i < n; i++) rank[i] = rankOf[rank[i]];
    return rank;
  }

  var collator = new Intl.Collator("it", { numeric: true });
})(quadra);
