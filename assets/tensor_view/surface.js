// A surface: the geometry of one canvas, its two layers, and the look-ups from entry and group to cells.

function createSurface(geometry, scene) {
  const surface = { ...geometry, scene, merged: new Map() };
  surface.base = document.createElement("canvas");
  surface.over = document.createElement("canvas");
  surface.layers = element("div", `layers ${surface.kind}`, [surface.base, surface.over]);
  surface.layers.style.width = `${surface.width}px`;
  surface.layers.style.height = `${surface.height}px`;
  for (const canvas of [surface.base, surface.over]) canvas.setAttribute("aria-hidden", "true");
  surface.base.surface = surface;
  surface.base.dataset[surface.kind === "head" ? "header" : "panel"] = surface.panel.name;
  surface.base.locate = (entry) => locate(surface, entry);
  if (surface.kind === "matrix") linkEntries(surface);
  return surface;
}

function element(tag, name, children = []) {
  const made = document.createElement(tag);
  made.className = name;
  made.append(...children);
  return made;
}

// Several cells of a matrix may show one entry: a chain of cells per entry.
function linkEntries(surface) {
  surface.first = new Int32Array(surface.scene.count).fill(-1);
  surface.next = new Int32Array(surface.entry.length).fill(-1);
  for (let cell = surface.entry.length - 1; cell >= 0; cell--) {
    const entry = surface.entry[cell];
    if (entry < 0) continue;
    surface.next[cell] = surface.first[entry];
    surface.first[entry] = cell;
  }
}

function chainOf(surface, entry) {
  const cells = [];
  for (let cell = surface.first[entry]; cell >= 0; cell = surface.next[cell]) cells.push(cell);
  return cells;
}

// Cells that show this entry: in its own group's column where it stands there, else wherever it stands.
function cellsOfEntry(surface, entry, group) {
  if (entry < 0 || surface.kind === "row" || surface.kind === "head") return [];
  if (surface.kind !== "matrix") return [entry];
  const cells = chainOf(surface, entry);
  const own = cells.filter((cell) => surface.grouped && surface.group[cell] === group);
  return own.length ? own : cells;
}

function cellsOfGroup(surface, group) {
  if (group < 0) return [];
  if (surface.kind === "row" || surface.kind === "head") return surface.group[group] === group ? [group] : [];
  if (surface.kind !== "matrix") return surface.scene.members[group] ?? [];
  if (!surface.grouped) return (surface.scene.members[group] ?? []).flatMap((entry) => chainOf(surface, entry));
  const [rows, columns] = surface.panel.shape;
  const cells = Array.from({ length: rows }, (_, row) => row * columns + group);
  return surface.blank ? cells.filter((cell) => surface.entry[cell] >= 0) : cells;
}

// The group's cells ("all": every cell) as few large boxes [x, y, width, height]; kept, since groups repeat.
// Boxes reach across the small gaps between the runs of a row.
function boxesOf(surface, group) {
  if (!surface.merged.has(group)) {
    const cells = group === "all" ? Array.from(surface.entry.keys()) : cellsOfGroup(surface, group);
    surface.merged.set(group, merge(surface, cells));
  }
  return surface.merged.get(group);
}

function merge({ xs, ys, cellW, cellH, bridge }, cells) {
  const sorted = Int32Array.from(cells).sort((a, b) => ys[a] - ys[b] || xs[a] - xs[b]);
  const runs = [];
  let run = null;
  for (const cell of sorted) {
    if (run && run[1] === ys[cell] && xs[cell] - run[0] - run[2] <= bridge) run[2] = xs[cell] + cellW - run[0];
    else runs.push((run = [xs[cell], ys[cell], cellW, cellH]));
  }
  const open = new Map(); // runs with equal sides join downwards
  return runs.filter((box) => {
    const side = `${box[0]} ${box[2]}`;
    const above = open.get(side);
    if (above && above[1] + above[3] === box[1]) {
      above[3] += box[3];
      return false;
    }
    open.set(side, box);
    return true;
  });
}

function cellBox(surface, cell) {
  const { xs, ys, cellW, cellH, space } = surface;
  return [xs[cell], ys[cell], cellW - space, cellH - space];
}

// The middle of the entry's first cell, in CSS pixels of the canvas; null where it is not drawn.
function locate(surface, entry) {
  if (surface.kind === "cube") return cubeLocate(surface, entry);
  const group = surface.scene.group[entry];
  const own = surface.kind === "row" || surface.kind === "head" ? cellsOfGroup(surface, group) : null;
  const [cell] = own ?? cellsOfEntry(surface, entry, group);
  if (cell === undefined) return null;
  const [x, y, width, height] = cellBox(surface, cell);
  return { x: x + width / 2, y: y + height / 2 };
}
