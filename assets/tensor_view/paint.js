// The lower layer of a flat surface: the picture itself.

function paintBase(surface, theme) {
  const pen = new Pen(surface.base, surface.width, surface.height);
  surface.pen = pen;
  surface.overPen = new Pen(surface.over, surface.width, surface.height);
  if (surface.kind === "cube") return paintCube(surface, theme, pen, null);
  if (surface.kind === "cards") paintCards(surface, theme, pen);
  if (surface.kind === "head") paintLabels(surface, theme, pen);
  if (surface.kind === "table") paintTable(surface, theme, pen);
  const byGroup = isByGroup(surface);
  const texts = surface.kind === "head" ? null : textsOf(surface, byGroup, theme, pen);
  for (let cell = 0; cell < surface.entry.length; cell++) {
    const box = boxOf(surface, cell);
    if (surface.blank && surface.entry[cell] < 0) {
      pen.rect(...box, theme.blank);
      continue;
    }
    const color = cellColor(surface, theme, cell);
    pen.rect(...box, color ?? theme.blank);
    const group = ownerOf(surface, cell);
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

function isByGroup({ kind, scene }) {
  return kind === "head" || (scene.color === "group" && kind !== "row" && kind !== "table");
}

// The group that a cell's number belongs to; a copy's is not that of its column.
function ownerOf({ panel, scene, entry, group }, cell) {
  return panel.kind === "unfolded" && entry[cell] >= 0 ? scene.group[entry[cell]] : group[cell];
}

// Copies are drawn smaller, so that a column's own entries stand out.
function boxOf(surface, cell) {
  const [x, y, width, height] = cellBox(surface, cell);
  const { inset, entry } = surface;
  if (!inset || entry[cell] < 0 || ownerOf(surface, cell) === surface.group[cell]) return [x, y, width, height];
  return [x + inset, y + inset, width - 2 * inset, height - 2 * inset];
}

function cellColor(surface, theme, cell) {
  if (isByGroup(surface)) {
    const hue = hueOf(ownerOf(surface, cell));
    return hue < 0 ? theme.blank : theme.hueColors[hue];
  }
  const shade = shadeOf(surface.panel.values[cell], surface.range ?? surface.scene.extent);
  return shade < 0 ? null : theme.colors[shade];
}

function cellInk(surface, theme, cell) {
  if (isByGroup(surface)) return theme.hueInk[hueOf(ownerOf(surface, cell))] ?? theme.text;
  return theme.ink[shadeOf(surface.panel.values[cell], surface.range ?? surface.scene.extent)] ?? theme.text;
}

// Lines of words for all cells of a surface, or none where one of them does not fit: a mixture would be restless.
function textsOf(surface, byGroup, theme, pen) {
  const { panel, cellW, cellH, entry, inset = 0 } = surface;
  if (cellH < 13 || cellW < 16 || entry.length > 1500) return null;
  pen.font(Math.min(SMALL, cellH - 2), theme.font);
  const fits = (texts) => texts.every((lines) => lines.every((line) => pen.measure(line) <= cellW - 3 - 2 * inset));
  const ways = byGroup ? namesOf(surface, cellH) : numbersOf(panel.values, surface.kind);
  return ways.find(fits) ?? null;
}

// The groups' names in one line or, in high cells, in two.
function namesOf(surface, cellH) {
  const owners = Array.from(surface.group, (_, cell) => ownerOf(surface, cell));
  const names = owners.map((at) => (at < 0 ? "" : groupName(surface.scene, at)));
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
  if (common && (kind === "row" || kind === "table")) ways.push(fixed(1));
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
  const { scene, card, corner, cellH, letters, long, top: down } = surface;
  const every = Math.ceil(SMALL / cellH);
  for (let sample = 0; sample < scene.samples; sample++) {
    const [left, top] = corner(sample);
    pen.rect(left, top, card.width, card.height, theme.faint);
    pen.rect(left + 1, top + 1, card.width - 2, card.height - 2, theme.background);
    pen.rect(left + 1, top + 1, card.width - 2, card.height - 2, theme.card);
    if (scene.small) continue;
    pen.font(SMALL, theme.font, 600);
    pen.text(long ? cardTitle(scene, sample) : sampleName(scene, sample), left + 8, top + 12, theme.text);
    pen.font(SMALL, theme.font);
    for (let channel = 0; channel < scene.channels; channel += every) {
      const y = top + down + (channel + 0.5) * cellH;
      pen.text(channelName(scene, channel), left + 2 + Math.ceil(letters), y, theme.muted, "right");
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
