// What the page does. It takes /events, or, while those do not come, asks /status and /prices each two seconds; keeps what is known in
// `coins` and `status`; and draws what changed, once a frame. What must stay true: nothing looks alive unless something came within the
// last seconds; prices are shown as the very texts that came; texts get into the page as text alone; a tab that nobody sees does nothing.
"use strict";
(() => {
  const LATE_MS = 3500;        // the status comes each second; the watch looks each second: out of date is said within 5 s
  const ASK_MS = 2000;         // between two questions while there are no events
  const ASK_LIMIT_MS = 3000;   // for one answer
  const EVENTS_AGAIN_MS = 6000;// between two tries to get events while questions are answered
  const POINT_MS = 5000;       // between two points of a trail
  const POINTS = 60;
  const HOT_MS = 1200;         // so long a price that moved stays coloured
  const RESORT_MS = 2000;      // by what moves, rows change places no more often than that
  const CROWD = 100;           // more coins than that are drawn five times a second, not ten: nobody reads faster
  const CROWD_MS = 200;
  const WALL_FROM = 60;        // more coins than that go onto the wall by themselves, where it is wide enough
  const WALL_WIDTH = 1200;
  const LETTERS = [10, 21];    // the wall's smallest and largest, px
  const LETTERS_LONG = 12.5;   // where it is longer than the screen anyway
  const NAMED_MAX = 24;        // stale coins that are named with their reason; all of them are counted

  const $ = id => document.getElementById(id);
  const kept = (name, value) => {
    try {
      return value === undefined ? localStorage.getItem(name) : localStorage.setItem(name, value);
    } catch {
      return null; // A browser that keeps nothing.
    }
  };

  // Before anything is painted.
  const themes = ["auto", "dark", "light"];
  let theme = themes.includes(kept("theme")) ? kept("theme") : "auto";
  document.documentElement.dataset.theme = theme;

  // ---- time: ours, that goes on while the machine sleeps, and never back

  let clock = 0, steady = performance.now(), wall = Date.now();
  const now = () => {
    const s = performance.now(), w = Date.now();
    clock += Math.max(s - steady, w - wall, 0);
    steady = s;
    wall = w;
    return clock;
  };
  const dateOf = at => new Date(Date.now() - (now() - at));

  // ---- what is known

  const coins = new Map();
  let status = null, statusAt = 0, version = null;
  let heardAt = null;          // when something came last
  let startedAt = 0;           // when we began to look: the page was opened, or its tab was shown again
  let refused = false;         // the last question was not answered
  let redisSince = null;       // when Redis' trouble was first seen
  const history = { ticks: [], latency: [] };

  const takeStatus = text => {
    status = text;
    heard();
    statusAt = heardAt;
    version ??= status.version;
    redisSince = status.redis.trouble ? redisSince ?? heardAt : null;
    remember(history.ticks, status.ticks_per_second);
    remember(history.latency, status.redis.latency_p99_ms);
    if (status.coins === 0)
      for (const name of [...coins.keys()])
        remove(name);
    dirty.status = true;
    draw();
  };

  const remember = (points, value) => {
    points.push(value);
    if (points.length > POINTS)
      points.shift();
  };

  // All there are: whoever is not among them is watched no longer.
  const takeAll = list => {
    const names = new Set(list.map(c => c.coin));
    for (const name of [...coins.keys()])
      if (!names.has(name))
        remove(name);
    list.forEach(takeCoin);
    heard();
    draw();
  };

  const takeCoin = c => {
    let coin = coins.get(c.coin);
    if (!coin) {
      coin = { name: c.coin, symbol: "", price: null, first: null, firstAt: 0, day: null, trail: [], decimals: 0, move: "", movedAt: -HOT_MS, row: null };
      coins.set(c.coin, coin);
      dirty.order = true;
    }
    if (c.price !== null && c.price !== coin.price) {
      if (coin.price === null) {
        coin.first = c.price;
        coin.firstAt = Date.now();
      } else {
        coin.move = Number(c.price) < Number(coin.price) ? "down" : "up";
        coin.movedAt = now();
      }
      coin.decimals = Math.max(coin.decimals, decimalsOf(c.price));
    }
    if (c.price !== null)
      coin.price = c.price;
    const reason = c.state === "stale" ? c.reason ?? "no reason is known" : null;
    if (reason !== coin.reason)
      dirty.stale = true;
    coin.state = c.state;
    coin.reason = reason;
    coin.heardAt = c.age_ms === null || c.age_ms === undefined ? null : now() - c.age_ms;
    coin.symbol = c.symbol ?? coin.symbol;
    coin.day = c.day_ago ?? coin.day;
    // What was drawn before the program was started anew is kept.
    if (c.trail && c.trail.filter(p => p !== null).length >= coin.trail.filter(p => p !== null).length) {
      coin.trail = c.trail.slice(-POINTS);
      coin.trailNew = true;
    }
    dirty.coins.add(coin);
  };

  const remove = name => {
    const coin = coins.get(name);
    if (!coin)
      return;
    coin.row?.remove();
    coins.delete(name);
    dirty.coins.delete(coin);
    dirty.stale = dirty.order = true;
  };

  const decimalsOf = price => price.includes(".") ? price.length - price.indexOf(".") - 1 : 0;

  const heard = () => {
    heardAt = now();
    refused = false;
    judge();
  };

  // ---- where it comes from: events, else questions

  let events = null, eventsWhole = false, eventsTriedAt = 0, flowing = false;
  let question = null, asking = 0, ticking = 0;

  const openEvents = () => {
    closeEvents();
    eventsTriedAt = now();
    const source = events = new EventSource("/events?trail=1");
    const take = (kind, use) => source.addEventListener(kind, event => {
      if (source !== events)
        return;
      try {
        use(JSON.parse(event.data));
        flowing = true;
        stopAsking();
      } catch (fault) {
        console.error(`an event of ${kind} that cannot be used`, fault);
        eventsLost();
      }
    });
    take("status", takeStatus);
    take("prices", data => {
      if (!eventsWhole) {
        eventsWhole = true;
        takeAll(data.coins);
        return;
      }
      data.coins.forEach(takeCoin);
      data.removed?.forEach(remove);
      heard();
      draw();
    });
    source.onerror = () => source === events && eventsLost();
  };

  const closeEvents = () => {
    events?.close();
    events = null;
    eventsWhole = flowing = false;
  };

  const eventsLost = () => {
    closeEvents();
    if (!asking)
      ask();
  };

  const ask = async () => {
    asking = -1;
    const stop = question = new AbortController();
    const limit = setTimeout(() => stop.abort(), ASK_LIMIT_MS);
    const get = async path => {
      const answer = await fetch(path, { signal: stop.signal, cache: "no-store" });
      if (!answer.ok)
        throw new Error(`${path}: ${answer.status}`);
      return answer.json();
    };
    try {
      const told = await get("/status");
      const prices = await get("/prices");
      if (stop !== question)
        return;
      takeAll(prices.coins);
      takeStatus(told);
      if (!events && now() - eventsTriedAt >= EVENTS_AGAIN_MS || eventsTriedAt < lostAt)
        openEvents();
    } catch {
      if (stop !== question)
        return;
      // It may be that only this was slow: while events come nothing is missing.
      refused = !flowing;
      lostAt = now();
      judge();
    } finally {
      clearTimeout(limit);
    }
    asking = setTimeout(ask, ASK_MS);
    dirty.status = true;
    draw();
  };
  let lostAt = 0;

  const stopAsking = () => {
    question?.abort();
    question = null;
    clearTimeout(asking);
    asking = 0;
  };

  // ---- the watch: each second, while somebody looks

  let late = "asking";         // "": what is shown is so; "asking": nothing has come yet; "late": nothing has come for too long
  let pointAt = 0, sortedAt = 0;

  const judge = () => {
    const at = now();
    const before = late;
    if (heardAt !== null && at - heardAt < LATE_MS && !refused)
      late = "";
    else
      late = refused || at - Math.max(startedAt, heardAt ?? 0) >= LATE_MS ? "late" : "asking";
    if (late === before)
      return;
    document.body.classList.toggle("unheard", late !== "");
    coins.forEach(coin => dirty.coins.add(coin));
    dirty.status = true;
    draw();
  };

  const watch = () => {
    judge();
    // Open, and nothing comes: a program that hangs, or a connection of which only our end is left.
    if (late === "late" && events && now() - eventsTriedAt >= LATE_MS)
      eventsLost();
    if (now() - pointAt >= POINT_MS) {
      pointAt = now();
      for (const coin of coins.values()) {
        remember(coin.trail, late || coin.price === null ? null : Number(coin.price));
        coin.trailNew = true;
      }
    }
    coins.forEach(coin => dirty.coins.add(coin));
    if (sort.by !== "coin" && now() - sortedAt >= RESORT_MS)
      dirty.order = true;
    dirty.status = true;
    draw();
  };

  const start = () => {
    startedAt = now();
    refused = false;
    late = "";
    judge();
    openEvents();
    ticking = setInterval(watch, 1000);
  };

  const stop = () => {
    closeEvents();
    stopAsking();
    clearInterval(ticking);
    document.title = "paused · BybitSpot";
  };

  // ---- words

  const count = new Intl.NumberFormat("en");
  const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
  const rate = n => n === null ? "–" : n < 100 ? n.toFixed(1) : count.format(Math.round(n));
  const many = (n, one, more = one + "s") => `${count.format(n)} ${n === 1 ? one : more}`;

  const lasted = ms => {
    const s = Math.max(0, Math.floor(ms / 1000));
    if (s < 60)
      return `${s} s`;
    if (s < 3600)
      return `${Math.floor(s / 60)} min`;
    const m = Math.floor(s % 3600 / 60);
    return s < 86400 ? `${Math.floor(s / 3600)} h ${m < 10 ? "0" : ""}${m} min` : many(Math.floor(s / 86400), "day");
  };

  const clockTime = date => {
    const time = date.toLocaleTimeString("en-GB");
    return date.toDateString() === new Date().toDateString() ? time : `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" })}, ${time}`;
  };

  // A moment of the program's clock: shown as it is there, its age reckoned by that clock too.
  const since = text => `since ${clockTime(new Date(text))} (${lasted(Date.parse(status.time) - Date.parse(text) + now() - statusAt)})`;

  const percent = (from, to) => {
    if (from === null || to === null || !(Number(from) > 0))
      return "";
    const change = (Number(to) / Number(from) - 1) * 100;
    const text = Math.abs(change).toFixed(2);
    return text === "0.00" ? "0.00 %" : `${change < 0 ? "−" : "+"}${text} %`;
  };

  /** Whether prices can be believed, in words. `key` changes when the whole does: that alone is told aloud. */
  const verdict = () => {
    if (late === "late") {
      const when = heardAt === null ? "Nothing has come since the page was opened" : `Nothing has come since ${clockTime(dateOf(heardAt))} (${lasted(now() - heardAt)} ago)`;
      const old = coins.size ? " What is shown is from then: do not believe it." : "";
      return { key: "late", tone: "late", sign: "late", title: refused ? "Out of date: the program does not answer" : "Out of date: nothing comes from the program", text: `${when}.${old} Trying again all the time.` };
    }
    if (late === "asking" || !status)
      return { key: "asking", tone: "wait", sign: "wait", title: "Asking the program…", text: coins.size ? "What is shown is from before." : "" };
    const all = status.coins, reason = status.reason ? `${upper(status.reason)}.` : "";
    const feed = {
      live: ["good", "good", all === 1 ? "The price can be believed" : `All ${count.format(all)} prices can be believed`, "Live"],
      degraded: ["warn", "warn", `${count.format(all - status.stale)} of ${count.format(all)} prices can be believed, ${status.stale === 1 ? "one" : count.format(status.stale)} cannot`, "Degraded"],
      stale: ["bad", "bad", all === 1 ? "The price cannot be believed" : "No price can be believed", "Stale"],
      connecting: ["wait", "wait", "No prices to believe yet", "Connecting"],
      stopped: ["bad", "stop", "Stopped as asked: prices stand still", "Stopped"],
      empty: ["wait", "none", "No coin is watched: the list is empty on purpose", "Empty"],
    }[status.state] ?? ["bad", "bad", "No price can be believed", upper(status.state)];
    const [tone, sign, title, word] = feed;
    if (status.redis.trouble && tone !== "bad")
      return { key: `${status.state} redis`, tone: "bad", sign: "bad", title: "Do not believe what stands in Redis", text: `${word} here ${since(status.since)}. ${reason || upper(status.redis.trouble) + "."} Seen since ${clockTime(dateOf(redisSince))}.` };
    const others = status.redis.other_writers ? ` ${many(status.redis.other_writers, "other instance writes", "other instances write")} the same coins without guard.` : "";
    return { key: status.state + (status.redis.trouble ? " redis" : ""), tone, sign, title, text: `${word} ${since(status.since)}. ${reason}${others}` };
  };

  const upper = text => text.charAt(0).toUpperCase() + text.slice(1);

  // ---- drawing, once a frame

  const dirty = { coins: new Set(), status: true, stale: true, order: true, fit: true };
  let frame = 0, drawnAt = 0, widest = 0;

  const draw = () => {
    if (frame || !ready)
      return;
    frame = -1;
    const early = coins.size > CROWD ? CROWD_MS - (now() - drawnAt) : 0;
    setTimeout(() => requestAnimationFrame(drawNow), Math.max(0, early));
  };

  const drawNow = () => {
    frame = 0;
    drawnAt = now();
    for (const coin of dirty.coins) {
      drawCoin(coin);
      widest = Math.max(widest, coin.decimals);
    }
    dirty.coins.clear();
    if (widest !== shown.widest)
      $("table").style.setProperty("--decimals", shown.widest = widest);
    if (dirty.status)
      drawStatus();
    if (dirty.stale)
      drawStale();
    if (dirty.order)
      drawOrder();
    if (dirty.fit)
      drawFit();
    dirty.status = dirty.stale = dirty.order = dirty.fit = false;
  };

  const shown = { key: null, stale: "", icon: "", way: "", banner: 0 };

  const put = (node, text) => {
    if (node.textContent !== text)
      node.textContent = text;
  };

  // Text nodes know what they hold, which costs less than asking an element.
  const write = (node, text) => {
    if (node.data !== text)
      node.data = text;
  };

  const make = (tag, name, ...children) => {
    const node = document.createElement(tag);
    if (name)
      node.className = name;
    node.append(...children);
    return node;
  };

  const makeLine = () => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", `0 0 ${POINTS - 1} 20`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("class", "line");
    svg.setAttribute("aria-hidden", "true");
    svg.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
    return svg;
  };

  // The newest point at the right edge; where there was none, the line is broken.
  const drawLine = (svg, points, fromZero) => {
    let low = fromZero ? 0 : Infinity, high = -Infinity;
    for (const p of points)
      if (p !== null && p !== undefined) {
        low = Math.min(low, p);
        high = Math.max(high, p);
      }
    let path = "", pen = false;
    points.forEach((p, i) => {
      if (p === null || p === undefined) {
        pen = false;
        return;
      }
      const x = POINTS - points.length + i, y = high > low ? 19 - (p - low) / (high - low) * 18 : fromZero ? 19 : 10;
      path += `${pen ? "L" : "M"}${x} ${y.toFixed(1)}`;
      pen = true;
    });
    svg.firstChild.setAttribute("d", path);
  };

  const makeRow = coin => {
    const t = {};
    for (const part of ["symbol", "arrow", "whole", "part", "opened", "day", "age", "mark", "word", "why"])
      t[part] = document.createTextNode("");
    const arrow = make("span", "arrow", t.arrow), mark = make("span", "mark", t.mark);
    arrow.ariaHidden = mark.ariaHidden = "true";
    t.svg = makeLine();
    const name = make("th", "", coin.name, make("small", "", t.symbol));
    name.scope = "row";
    name.title = coin.name;
    t.opened.cell = make("td", "opened", t.opened);
    t.day.cell = make("td", "day", t.day);
    t.state = make("td", "state", mark, make("span", "word", t.word), make("span", "why", t.why));
    const row = make("tr", "", name, make("td", "price", make("span", "whole", t.whole), make("span", "part", t.part), arrow), t.opened.cell, t.day.cell, make("td", "age", t.age), t.state, make("td", "spark", t.svg));
    row.role = "row";
    name.role = "rowheader";
    for (const cell of row.querySelectorAll("td"))
      cell.role = "cell";
    row.dataset.coin = coin.name;
    coin.row = row;
    coin.texts = t;
    coin.drawn = {};
    $("rows").append(row);
  };

  const MARKS = { fresh: "●", quiet: "○", stale: "✕" };

  const drawCoin = coin => {
    if (!coin.row)
      makeRow(coin);
    const t = coin.texts, d = coin.drawn, at = now(), whole = view() === "table";
    const price = coin.price ?? "–", dot = price.indexOf(".");
    write(t.symbol, coin.symbol);
    write(t.whole, dot < 0 ? price : price.slice(0, dot));
    write(t.part, dot < 0 ? "" : price.slice(dot));
    write(t.arrow, coin.move === "up" ? "▲" : coin.move === "down" ? "▼" : "");
    if (whole) {
      drawChange(t.opened, percent(coin.first, coin.price));
      drawChange(t.day, percent(coin.day, coin.price));
      write(t.age, coin.heardAt === null ? "–" : lasted(at - coin.heardAt));
    }
    // A state that was told some time ago is none.
    const state = late ? "unknown" : coin.state;
    write(t.mark, MARKS[state] ?? "?");
    write(t.word, late ? `was ${coin.state}` : coin.state);
    write(t.why, coin.reason ? ` · ${coin.reason}` : "");
    const look = `${coin.move}${coin.move && !late && at - coin.movedAt < HOT_MS ? " hot" : ""}`;
    if (look !== d.look)
      coin.row.className = d.look = look;
    if (state !== d.state)
      coin.row.dataset.state = d.state = state;
    if (coin.decimals !== d.decimals)
      coin.row.style.setProperty("--own", d.decimals = coin.decimals);
    if (coin.reason !== d.reason)
      t.state.title = d.reason = coin.reason ?? "";
    if (coin.first !== d.first) {
      d.first = coin.first;
      t.opened.cell.title = `${coin.first} at ${clockTime(new Date(coin.firstAt))}`;
    }
    if (coin.day !== d.day) {
      d.day = coin.day;
      t.day.cell.title = `${coin.day} a day before`;
    }
    if (coin.trailNew && whole) {
      coin.trailNew = false;
      drawLine(t.svg, coin.trail, false);
    }
  };

  const drawChange = (node, text) => {
    if (node.data === text)
      return;
    node.data = text;
    const sign = text.startsWith("+") ? " plus" : text.startsWith("−") ? " minus" : "";
    node.cell.className = node.cell.className.split(" ")[0] + sign;
  };

  const drawStatus = () => {
    const v = verdict();
    put($("title"), v.title);
    put($("text"), v.text);
    if (v.key !== shown.key) {
      shown.key = v.key;
      $("banner").dataset.tone = v.tone;
      $("banner").dataset.state = v.key;
      $("sign").setAttribute("href", `#i-${v.sign}`);
      // Coming back to a tab is no change of the feed's.
      if (v.key !== "asking")
        put($("told"), v.title);
    }
    put($("way"), late ? "not connected" : flowing ? "as it happens" : "asked each 2 s");
    document.title = `${{ good: "✓", warn: "!", bad: "✕", late: "✕ ?", wait: "…" }[v.tone]} ${v.title} · BybitSpot`;
    drawIcon(v);
    if (status)
      drawTiles();
    $("renewed").hidden = !status || status.version === version;
    if ($("banner").offsetHeight !== shown.banner)
      document.body.style.setProperty("--banner", `${shown.banner = $("banner").offsetHeight}px`);
  };

  const drawIcon = v => {
    if (v.tone === shown.icon)
      return;
    shown.icon = v.tone;
    const colour = { good: "%232fae72", warn: "%23dd9f2e", bad: "%23e5534b", late: "%23e5534b", wait: "%235b8fd9" }[v.tone];
    const path = document.querySelector(`#i-${v.sign} path`).getAttribute("d");
    $("icon").href = `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'><circle cx='12' cy='12' r='12' fill='${colour}'/><path d='${path}' fill='none' stroke='white' stroke-width='3' stroke-linecap='round'/></svg>`;
  };

  const drawTiles = () => {
    const s = status, r = s.redis;
    const of = counts => Object.entries(counts).sort((a, b) => b[1] - a[1]).map(([name, n]) => `${name.replaceAll("_", " ")} ${count.format(n)}`).join(" · ");
    const sum = counts => Object.values(counts).reduce((a, b) => a + b, 0);
    const ms = n => n === null ? "–" : n < 10 ? n.toFixed(2) : count.format(Math.round(n));
    tile("coins", count.format(s.coins), `${s.stale} stale · ${s.quiet} quiet · ${s.fresh} fresh${s.shard ? ` · a part: shard ${s.shard}` : ""}`, s.stale ? "warn" : "");
    tile("ticks", rate(s.ticks_per_second), `${short.format(s.ticks)} since the start`);
    tile("latency", `${ms(r.latency_p50_ms)} ms`, `p50; p99 ${ms(r.latency_p99_ms)} ms`);
    tile("redis", r.trouble ? "in trouble" : `${r.servers_up} of ${r.servers} up`, r.trouble ?? (r.other_writers ? many(r.other_writers, "other writer") : r.endpoint), r.trouble || r.servers_up < r.servers ? "bad" : r.other_writers ? "warn" : "");
    tile("writes", rate(r.writes_per_second), `${short.format(r.writes)} since the start`);
    tile("lines", `${s.lines_connected} of ${s.lines} up`, s.endpoint.replace(/^wss?:\/\//, ""), s.lines_connected < s.lines ? "bad" : "");
    tile("reconnects", count.format(sum(s.reconnects)), of(s.reconnects) || "none since the start");
    tile("dropped", count.format(sum(s.dropped)), of(s.dropped) || "none since the start");
    const offset = s.clock_offset_ms;
    tile("clock", offset === null ? "not known" : `${offset < 0 ? "−" : "+"}${count.format(Math.abs(offset))} ms`, offset === null ? "" : offset === 0 ? "as here" : offset > 0 ? "ahead of the one here" : "behind the one here", Math.abs(offset ?? 0) > 1000 ? "warn" : "");
    tile("program", s.version, `${s.market} · ${s.instance} · up ${lasted(Date.parse(s.time) - Date.parse(s.started) + now() - statusAt)}`);
    drawLine(lines.ticks, history.ticks, true);
    drawLine(lines.latency, history.latency, true);
  };

  const lines = {};

  const tile = (name, big, small, tone = "") => {
    const box = $(`t-${name}`), [, a, b] = box.children;
    put(a, big);
    if (b.textContent !== small)
      b.textContent = b.title = small;
    if ((box.dataset.tone ?? "") !== tone)
      box.dataset.tone = tone;
  };

  // Those of one reason together, the reason that concerns most first.
  const drawStale = () => {
    const reasons = new Map();
    let n = 0;
    for (const coin of [...coins.values()].sort(byName))
      if (coin.reason) {
        n++;
        reasons.set(coin.reason, [...reasons.get(coin.reason) ?? [], coin.name]);
      }
    const items = [...reasons].sort((a, b) => b[1].length - a[1].length);
    const key = JSON.stringify(items);
    if (key === shown.stale)
      return;
    shown.stale = key;
    $("stale").hidden = n === 0;
    put($("stale-title"), n === 1 ? "Do not believe this price" : `Do not believe these ${count.format(n)} prices`);
    $("stale-list").replaceChildren(...items.map(([reason, names]) => {
      const who = make("span", "who", ...names.slice(0, NAMED_MAX).flatMap(name => [make("b", "", name), " "]));
      if (names.length > NAMED_MAX)
        who.append(make("span", "more", `and ${count.format(names.length - NAMED_MAX)} more`));
      return make("li", "", who, make("span", "why", reason));
    }));
    dirty.fit = true;
  };

  // ---- order, filter, view

  const sort = { by: "coin", down: false };
  let wanted = "", chosen = "auto";

  const byName = (a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  const change = (from, to) => from === null || to === null ? null : Number(to) / Number(from);
  const keys = {
    coin: c => c.name,
    price: c => c.price === null ? null : Number(c.price),
    opened: c => change(c.first, c.price),
    day: c => change(c.day, c.price),
    age: c => c.heardAt === null ? null : -c.heardAt,
    state: c => ["stale", "quiet", "fresh"].indexOf(c.state),
    trail: c => change(c.trail.find(p => p !== null) ?? null, c.trail.findLast(p => p !== null) ?? null),
  };

  const drawOrder = () => {
    sortedAt = now();
    const key = keys[sort.by];
    // What is not known stands last, whichever way.
    const all = [...coins.values()].map(coin => [key(coin), coin]).sort(([a, x], [b, y]) =>
      a === null || b === null ? (a === null) - (b === null) || byName(x, y) : (a < b ? -1 : a > b ? 1 : 0) * (sort.down ? -1 : 1) || byName(x, y)).map(pair => pair[1]);
    const rows = $("rows");
    let next = rows.firstChild, seen = 0;
    for (const coin of all) {
      const out = wanted !== "" && ![coin.name, coin.symbol, coin.state].some(t => t.toUpperCase().includes(wanted));
      if (coin.row.hidden !== out)
        coin.row.hidden = out;
      seen += out ? 0 : 1;
      if (coin.row === next)
        next = next.nextSibling;
      else
        rows.insertBefore(coin.row, next);
    }
    put($("count"), wanted ? `${count.format(seen)} of ${many(all.length, "coin")}` : many(all.length, "coin"));
    $("nothing").hidden = seen > 0;
    put($("nothing"), all.length ? "No coin has this in its name or state." : "No coin yet.");
    if (seen !== shown.seen) {
      shown.seen = seen;
      dirty.fit = true;
    }
  };

  const view = () => chosen !== "auto" ? chosen : coins.size > WALL_FROM && innerWidth >= WALL_WIDTH ? "wall" : "table";

  // The wall's letters: the largest in which every coin is on the screen at once, if there are such.
  const drawFit = () => {
    const section = $("coins"), rows = $("rows");
    if (section.dataset.view !== view()) {
      section.dataset.view = view();
      coins.forEach(drawCoin);
    }
    if (view() !== "wall" || !shown.seen)
      return;
    let name = 0, whole = 0;
    for (const coin of coins.values()) {
      name = Math.max(name, coin.name.length);
      whole = Math.max(whole, (coin.price ?? "").length);
    }
    const em = .64 * (Math.min(name, 8) + whole) + 3.7, gap = 13;
    const width = rows.clientWidth, left = innerHeight - (rows.getBoundingClientRect().top + scrollY) - document.querySelector("footer").offsetHeight - 8;
    let letters = LETTERS[1], columns = 1;
    for (; letters >= LETTERS[0]; letters -= .25) {
      columns = Math.max(1, Math.floor((width + gap) / (em * letters + gap)));
      if (Math.ceil(shown.seen / columns) * 1.5 * letters <= left)
        break;
    }
    if (letters < LETTERS[0]) {
      letters = LETTERS_LONG;
      columns = Math.max(1, Math.floor((width + gap) / (em * letters + gap)));
    }
    rows.style.setProperty("--letters", `${letters}px`);
    rows.style.setProperty("--lines", Math.ceil(shown.seen / columns));
  };

  const choose = by => {
    sort.down = sort.by === by && !sort.down;
    sort.by = by;
    for (const head of document.querySelectorAll("th[data-sort]"))
      head.ariaSort = head.dataset.sort !== by ? "none" : sort.down ? "descending" : "ascending";
    dirty.order = true;
    draw();
  };

  const filter = text => {
    wanted = text.trim().toUpperCase();
    dirty.order = true;
    draw();
  };

  const choosePhone = matchMedia("(max-width: 760px)");

  const chooseTheme = next => {
    theme = next;
    document.documentElement.dataset.theme = theme;
    put($("theme").lastChild, theme);
    $("theme").ariaLabel = `Theme: ${theme}`;
  };

  const chooseView = next => {
    chosen = next;
    for (const button of document.querySelectorAll(".views button"))
      button.ariaPressed = String(button.dataset.view === chosen);
    dirty.fit = true;
    coins.forEach(coin => dirty.coins.add(coin));
    draw();
  };

  // ---- what the reader does

  let ready = false;

  const begin = () => {
    ready = true;
    for (const name of ["ticks", "latency"])
      $(`t-${name}`).append(lines[name] = makeLine());
    chooseTheme(theme);
    if (["table", "wall"].includes(kept("view")))
      chooseView(kept("view"));
    $("theme").onclick = () => {
      chooseTheme(themes[(themes.indexOf(theme) + 1) % themes.length]);
      kept("theme", theme);
    };
    for (const button of document.querySelectorAll(".views button"))
      button.onclick = () => {
        chooseView(button.dataset.view);
        kept("view", chosen);
      };
    for (const head of document.querySelectorAll("th[data-sort]"))
      head.firstElementChild.onclick = () => choose(head.dataset.sort);
    $("reload").onclick = () => location.reload();
    $("filter").oninput = event => filter(event.target.value);
    addEventListener("keydown", event => {
      const field = $("filter"), typing = event.target.matches("input, textarea, select");
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        field.focus();
        field.select();
      } else if (event.key === "Escape" && (typing || field.value)) {
        field.value = "";
        field.blur();
        filter("");
      }
    });
    // The strip of figures scrolls on a phone, and then the keyboard must get there.
    const strip = () => choosePhone.matches ? $("tiles").setAttribute("tabindex", "0") : $("tiles").removeAttribute("tabindex");
    choosePhone.onchange = strip;
    strip();
    addEventListener("resize", () => {
      dirty.fit = dirty.status = true;
      draw();
    });
    document.addEventListener("visibilitychange", () => {
      stop();
      if (!document.hidden)
        start();
    });
    if (!document.hidden)
      start();
    draw();
  };
  document.addEventListener("DOMContentLoaded", begin);
})();
