// The upper layer of a flat surface: what is lit on it.

// What is lit: the sources of the group and the group itself in frames, all else veiled, the entry in two frames.
function paintOver(surface, theme, focus, locked) {
  const pen = surface.overPen;
  pen.clear();
  const linked = focus && (focus.entry >= 0 || focus.group >= 0);
  if (surface.kind === "cube") return linked ? paintCube(surface, theme, pen, focus, locked) : undefined;
  if (focus && !linked && focus.panel === surface.panel && focus.kind === surface.kind) {
    pen.ring(...cellBox(surface, focus.cell), 2, theme.text); // a number that belongs to no group stands for itself
  }
  if (surface.kind === "table") return;
  if (linked) {
    for (const box of allBoxes(surface)) pen.rect(...box, theme.veil);
    const parted = surface.scene.sources !== null; // then the group's own frame is the thicker one
    const thick = Math.min(surface.cellW, surface.cellH) >= (parted ? 16 : 12) ? 2 : 1;
    outline(surface, pen, boxesOf(surface, focus.group), parted ? 1 : thick, theme.text);
    if (parted) outline(surface, pen, boxesOf(surface, focus.group, true), thick + 1, theme.text);
    const named = surface.kind === "head" && cellsOfGroup(surface, focus.group, true).length > 0;
    if (named) emphasize(surface, theme, pen, focus.group);
  }
  const own = locked >= 0 ? surface.scene.group[locked] : -1;
  for (const cell of cellsOfEntry(surface, locked, own)) pen.ring(...cellBox(surface, cell), 2, theme.primary);
  for (const cell of focus ? cellsOfEntry(surface, focus.entry, focus.group) : []) {
    const [x, y, w, h] = cellBox(surface, cell);
    pen.clear(x, y, w, h); // an entry without a group is not veiled either
    pen.ring(x - 3, y - 3, w + 6, h + 6, 2, focus.entry === locked ? theme.primary : theme.text);
    pen.ring(x - 2, y - 2, w + 4, h + 4, 1, theme.background);
    pen.ring(x, y, w, h, 2, theme.text);
  }
}

// Frames around boxes, what is inside them left clear.
function outline({ space }, pen, boxes, thick, color) {
  const grown = boxes.map(([x, y, w, h]) => [x - space, y - space, w + space, h + space]);
  for (const [x, y, w, h] of grown) pen.rect(x - thick, y - thick, w + 2 * thick, h + 2 * thick, color);
  for (const box of grown) pen.clear(...box);
}

// The lit column's label, also where it was left out for lack of room.
function emphasize(surface, theme, pen, group) {
  pen.font(SMALL, theme.font, 700);
  const text = groupName(surface.scene, group);
  const half = pen.measure(text) / 2;
  const middle = Math.min(Math.max(surface.xs[group] + surface.cellW / 2, half + 1), surface.width - half - 1);
  pen.rect(middle - half - 4, 0, half * 2 + 8, 14, theme.background);
  labelAt(surface, pen, group, theme.text, surface.width);
}
