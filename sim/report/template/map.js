// The map with a slider: people held per hexagon without a scenario, with it, and the difference, quarter by quarter.
"use strict";
(() => {
  const atlas = JSON.parse(document.getElementById("atlas").textContent);
  const SVG = "http://www.w3.org/2000/svg";
  const select = document.getElementById("map-scenario"), time = document.getElementById("map-time");
  const date = document.getElementById("map-date"), told = document.getElementById("map-told");
  const play = document.getElementById("map-play");
  const words = new Intl.NumberFormat("en");
  const people = (value, signed) => (signed && value > 0 ? "+" : value < 0 ? "\u2212" : "") + words.format(Math.abs(value));

  // Colours of the printed maps: fewer - none - more for changes, light to dark for levels; both on a log scale above ten.
  const mix = (stops, at) => {
    const place = Math.min(Math.max(at, 0), 1) * (stops.length - 1), low = Math.min(Math.floor(place), stops.length - 2);
    return `rgb(${[0, 1, 2].map((i) => Math.round(stops[low][i] + (stops[low + 1][i] - stops[low][i]) * (place - low)))})`;
  };
  const LEVEL = [[242, 240, 247], [158, 154, 200], [63, 0, 125]], CHANGE = [[0, 114, 178], [247, 247, 247], [213, 94, 0]];
  const log = (value) => Math.sign(value) * Math.log10(1 + Math.abs(value) / 10);
  const grid = atlas.worlds;
  const above = (most) => Math.ceil(most / 10 ** Math.floor(Math.log10(most))) * 10 ** Math.floor(Math.log10(most));
  const largest = { level: above(Object.values(grid).flat().reduce((high, row) => Math.max(high, ...row.slice(1)), 100)) };
  const reach = { level: log(largest.level) };
  const colour = { level: (value) => mix(LEVEL, log(value) / reach.level), change: (value) => mix(CHANGE, 0.5 + log(value) / reach.change / 2) };

  // Each world as rows by hexagon, so that a missing row is an empty hexagon.
  const worlds = Object.fromEntries(Object.entries(grid).map(([name, rows]) => [name, new Map(rows.map((row) => [row[0], row]))]));
  const at = (world, hexagon, quarter) => worlds[world]?.get(hexagon)?.[quarter + 1] ?? 0;

  largest.change = above(atlas.scenarios.reduce((high, one) => atlas.hexagons.reduce((top, _, i) => atlas.dates.reduce(
    (most, _, quarter) => Math.max(most, Math.abs(at(one.name, i, quarter) - at(one.without, i, quarter))), top), high), 100));
  reach.change = log(largest.change);

  const make = (name, attributes, parent) => {
    const node = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
    return parent.appendChild(node);
  };

  const panels = [...document.querySelectorAll("[data-map]")].map((figure) => {
    const svg = figure.querySelector("svg"), key = figure.dataset.map, kind = key === "change" ? "change" : "level";
    make("path", { d: atlas.land, class: "land" }, svg);
    const cells = atlas.hexagons.map((hexagon) => {
      if (!hexagon.shape) return null;
      const path = make("path", { d: hexagon.shape, class: "cell", visibility: "hidden" }, svg);
      make("title", {}, path);
      return path;
    });
    const rings = make("g", {}, svg), hosts = figure.querySelector(".hosts");
    const items = atlas.hexagons.map((hexagon) => {
      if (hexagon.shape) return null;
      const item = hosts.appendChild(document.createElement("li"));
      item.append(document.createElement("span"), document.createElement("span"));
      item.firstChild.textContent = item.title = hexagon.name;
      return item;
    });
    legend(figure.querySelector(".legend"), kind);
    return { key, kind, cells, items, rings };
  });

  function legend(node, kind) {
    const bar = node.appendChild(document.createElement("div")), ticks = node.appendChild(document.createElement("div"));
    bar.className = "bar";
    ticks.className = "ticks";
    const stops = kind === "change" ? CHANGE : LEVEL;
    bar.style.background = `linear-gradient(to right, ${stops.map((stop) => `rgb(${stop})`)})`;
    const room = kind === "change" ? 0.6 : 0.75; // up to which share of the bar a number leaves space for the last one
    const levels = [0, 100, 10000].filter((value) => log(value) <= room * reach[kind]).concat(largest[kind]);
    const values = kind === "change" ? [...levels.slice(1).map((value) => -value).reverse(), ...levels] : levels;
    values.forEach((value) => {
      const tick = ticks.appendChild(document.createElement("span")), share = log(value) / reach[kind];
      const brief = Math.abs(value) >= 1000 ? [value / 1000, "k"] : [value, ""];
      tick.textContent = people(brief[0], kind === "change") + brief[1];
      tick.style.left = `${100 * (kind === "change" ? 0.5 + share / 2 : share)}%`;
    });
  }

  function show() {
    const quarter = Number(time.value), scenario = atlas.scenarios[Number(select.value)];
    const values = { without: (i) => at(scenario.without, i, quarter), with: (i) => at(scenario.name, i, quarter) };
    values.change = (i) => values.with(i) - values.without(i);
    for (const panel of panels) {
      const signed = panel.kind === "change";
      atlas.hexagons.forEach((hexagon, i) => {
        const value = values[panel.key](i), node = panel.cells[i] ?? panel.items[i], fill = colour[panel.kind](value);
        if (panel.cells[i]) {
          node.setAttribute("visibility", value ? "visible" : "hidden");
          node.setAttribute("fill", fill);
          node.setAttribute("stroke", fill);
          node.firstChild.textContent = `${hexagon.name}: ${people(value, signed)} people (model output)`;
        } else {
          node.lastChild.textContent = people(value, signed);
          node.style.background = fill;
          node.style.color = panel.kind === "level" && log(value) / reach.level > 0.55 ? "#fff" : "#222";
        }
      });
    }
    const total = { without: 0, with: 0 };
    for (const key of ["without", "with"]) atlas.hexagons.forEach((_, i) => { total[key] += values[key](i); });
    const months = scenario.months[quarter], when = new Date(`${atlas.dates[quarter]}T00:00:00Z`);
    const day = when.toLocaleDateString("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
    const from = months < 0 ? `${Math.round(-months)} months before the start` : `${Math.round(months)} months after the start`;
    date.value = `${day}, ${from}`;
    time.setAttribute("aria-valuetext", date.value);
    told.textContent = `Held in all: ${people(total.without)} people without, ${people(total.with)} with ` +
      `(${people(total.with - total.without, true)}).`;
  }

  function choose() {
    const scenario = atlas.scenarios[Number(select.value)];
    panels.forEach(({ rings }) => {
      rings.replaceChildren();
      scenario.targets.forEach(([x, y]) => make("circle", { cx: x, cy: y, r: 6, class: "ring" }, rings));
    });
    show();
  }

  let timer = 0;
  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", "false");
  }
  play.addEventListener("click", () => {
    if (timer) { stop(); return; }
    if (Number(time.value) === Number(time.max)) time.value = 0;
    play.textContent = "Pause";
    play.setAttribute("aria-pressed", "true");
    timer = setInterval(() => {
      time.value = Number(time.value) + 1;
      show();
      if (Number(time.value) === Number(time.max)) stop();
    }, 350);
  });
  time.addEventListener("input", () => { stop(); show(); });
  select.addEventListener("change", choose);
  const changed = atlas.scenarios.findIndex((one) => (grid[one.name] ?? []).some((row) => row.slice(1).some((value, q) => value !== at(one.without, row[0], q))));
  select.value = Math.max(0, changed);
  time.value = atlas.scenarios[Number(select.value)].opens;
  choose();
})();
