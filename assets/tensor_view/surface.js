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
  surface.base.middleOf = (cell) => middleOf(surface, cell);
  if (surface.kind === "matrix") linkEntries(surface);
  return surface;
}

function element(tag, name, children = []) {
  const made = document.createElement(tag);
  made.className = name;
  made.append(...children);
  return made;
}

// The group's cells as few large boxes [x, y, width, height], which reach across the small gaps between the
// runs of a row.
function boxesOf(surface, group, own = false) {
  return remember(surface.merged, own ? -2 - group : group, () => merge(surface, cellsOfGroup(surface, group, own)));
}

function allBoxes(surface) {
  return (surface.whole ??= merge(surface, surface.entry.keys()));
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
  const [cell] = isStrip(surface) ? cellsOfGroup(surface, group, true) : cellsOfEntry(surface, entry, group);
  return cell === undefined ? null : middleOf(surface, cell);
}

function middleOf(surface, cell) {
  const [x, y, width, height] = cellBox(surface, cell);
  return { x: x + width / 2, y: y + height / 2 };
}
