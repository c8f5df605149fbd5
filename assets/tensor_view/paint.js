// The two layers of a flat surface: the picture itself, and what is lit on it.

function paintBase(surface, theme) {
  const pen = new Pen(surface.base, surface.width, surface.height);
  surface.pen = pen;
  surface.overPen = new Pen(surface.over, surface.width, surface.height);
  if (surface.kind === "cube") return paintCube(surface, theme, pen, null);
  if (surface.kind === "cards") paintCards(surface, theme, pen);
  if (surface.kind === "head") paintLabels(surface, theme, pen);
  const { scene } = surface;
  const byGroup = surface.kind === "head" || (scene.color === "group" && surface.kind !== "row");
  const texts = surface.kind === "head" ? null : textsOf(surface, byGroup, theme, pen);
  for (let cell = 0; cell < surface.entry.length; cell++) {
    const box = cellBox(surface, cell);
    if (surface.blank && surface.entry[cell] < 0) {
      pen.rect(...box, theme.blank);
      continue;
    }
    const color = cellColor(surface, theme, cell);
    pen.rect(...box, color ?? theme.blank);
    const group = surface.group[cell];
    if (byGroup && group >= HUES.length && box[2] >= 5 && !texts) {
      const mark = Math.floor(group / HUES.length) % 4;
      if (mark) pen.rect(...box, pen.pattern(mark, theme.hueInk[hueOf(group)]));
    }
    if (color === null) pen.rect(...box, pen.pattern(0, theme.text));
    if (texts) {
      writeCell(pen, texts[cell], box, cellInk(surface, theme, cell));
    }
  }
}

function cellColor(surface, theme, cell) {
  const { scene } = surface;
  if (surface.kind === "head" || (scene.color === "group" && surface.kind !== "row")) {
    const hue = hueOf(surface.group[cell]);
    return hue < 0 ? theme.blank : theme.hueColors[hue];
  }
  const shade = shadeOf(surface.panel.values[cell], scene.extent);
  return shade < 0 ? null : theme.colors[shade];
}

function cellInk(surface, theme, cell) {
  const { scene } = surface;
  if (scene.color === "group" && surface.kind !== "row") return theme.hueInk[hueOf(surface.group[cell])] ?? theme.text;
  return theme.ink[shadeOf(surface.panel.values[cell], scene.extent)] ?? theme.text;
}

// Lines of words for all cells of a surface, or none where one of them does not fit: a mixture would be restless.
function textsOf(surface, byGroup, theme, pen) {
  const { scene, panel, cellW, cellH, entry } = surface;
  if (cellH < 13 || cellW < 16 || entry.length > 1500) return null;
  pen.font(Math.min(SMALL, cellH - 2), theme.font);
  const fits = (texts) => texts.every((lines) => lines.every((line) => pen.measure(line) <= cellW - 3));
  const ways = byGroup ? namesOf(surface, cellH) : numbersOf(panel.values, surface.kind);
  return ways.find(fits) ?? null;
}

// The groups' names in one line or, in high cells, in two.
function namesOf({ scene, group }, cellH) {
  const names = Array.from(group, (at) => (at < 0 ? "" : groupName(scene, at)));
  const one = names.map((name) => [name]);
  const two = names.map((name) => name.split(" "));
  return cellH >= 22 && two.every((lines) => lines.length <= 2) ? [one, two] : [one];
}

// Two decimals where the numbers are of common size, so that columns of them align; else significant digits.
function numbersOf(values, kind) {
  const most = values.reduce((top, value) => Math.max(top, Number.isFinite(value) ? Math.abs(value) : 0), 0);
  const whole = values.every((value) => Number.isInteger(value) || !Number.isFinite(value));
  const fixed = (digits) => (value) => (Number.isFinite(value) ? value.toFixed(digits) : format(value, 2));
  const significant = (digits) => (value) => format(value, digits);
  const common = most >= 0.1 && most < 1000;
  const ways = whole && most < 1e4 ? [fixed(0)] : common ? [fixed(2)] : [significant(3), significant(2)];
  if (common && kind === "row") ways.push(fixed(1));
  const short = (text) => [text.replace(/^-(0\.?0*)$/, "$1").replace("-", "−")]; // no minus before a zero
  return ways.map((way) => Array.from(values, (value) => short(way(value))));
}

function writeCell(pen, lines, [x, y, width, height], ink) {
  lines.forEach((line, i) => {
    const down = (i - (lines.length - 1) / 2) * SMALL;
    pen.text(line, x + width / 2, y + height / 2 + 0.5 + down, ink, "center");
  });
}

function paintCards(surface, theme, pen) {
  const { scene, card, corner, cellH, letters, long } = surface;
  const every = Math.ceil(SMALL / cellH);
  for (let sample = 0; sample < scene.samples; sample++) {
    const [left, top] = corner(sample);
    pen.rect(left, top, card.width, card.height, theme.faint);
    pen.rect(left + 1, top + 1, card.width - 2, card.height - 2, theme.background);
    pen.rect(left + 1, top + 1, card.width - 2, card.height - 2, theme.card);
    pen.font(SMALL, theme.font, 600);
    pen.text(long ? say(scene, "card", { n: sample }) : `n${sample}`, left + 8, top + 12, theme.text);
    pen.font(SMALL, theme.font);
    for (let channel = 0; channel < scene.channels; channel += every) {
      const y = top + 22 + (channel + 0.5) * cellH;
      pen.text(`c${channel}`, left + 2 + Math.ceil(letters), y, theme.muted, "right");
    }
  }
}

// Labels over the columns, every k-th where they are too narrow for all.
function paintLabels(surface, theme, pen) {
  const { scene, cellW, entry, width } = surface;
  const most = widest(scene.groupNames.slice(0, entry.length), SMALL, theme.font) + 6;
  const every = Math.ceil(most / cellW);
  pen.font(SMALL, theme.font);
  for (let column = 0; column < entry.length; column += every) {
    labelAt(surface, pen, column, theme.muted, width);
  }
}

function labelAt({ scene, cellW, xs }, pen, column, color, width) {
  const text = groupName(scene, column);
  const half = pen.measure(text) / 2;
  const middle = Math.min(Math.max(xs[column] + (cellW - 1) / 2, half + 1), width - half - 1);
  pen.text(text, middle, 8, color, "center");
  return [middle - half, half * 2];
}

// What is lit: the group whole and outlined, all else veiled, the entry itself doubly outlined.
function paintOver(surface, theme, focus, locked) {
  const pen = surface.overPen;
  pen.clear();
  const linked = focus && (focus.entry >= 0 || focus.group >= 0);
  if (surface.kind === "cube") return linked ? paintCube(surface, theme, pen, focus, locked) : undefined;
  if (focus && !linked && focus.panel === surface.panel && focus.kind === surface.kind) {
    pen.ring(...cellBox(surface, focus.cell), 2, theme.text); // a number that belongs to no group stands for itself
  }
  if (linked) {
    for (const box of boxesOf(surface, "all")) pen.rect(...box, theme.veil);
    const { space } = surface;
    const grown = boxesOf(surface, focus.group).map(([x, y, w, h]) => [x - space, y - space, w + space, h + space]);
    const thick = Math.min(surface.cellW, surface.cellH) >= 12 ? 2 : 1;
    for (const [x, y, w, h] of grown) pen.rect(x - thick, y - thick, w + 2 * thick, h + 2 * thick, theme.text);
    for (const box of grown) pen.clear(...box);
    if (surface.kind === "head" && focus.group >= 0 && grown.length) emphasize(surface, theme, pen, focus.group);
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

// The lit column's label, also where it was left out for lack of room.
function emphasize(surface, theme, pen, group) {
  pen.font(SMALL, theme.font, 700);
  const text = groupName(surface.scene, group);
  const half = pen.measure(text) / 2;
  const middle = Math.min(Math.max(surface.xs[group] + surface.cellW / 2, half + 1), surface.width - half - 1);
  pen.rect(middle - half - 4, 0, half * 2 + 8, 14, theme.background);
  labelAt(surface, pen, group, theme.text, surface.width);
}
