// How large cells are and where they stand: one plain record of geometry per canvas, in whole CSS pixels.

const BOX = 440; // the most that a panel is high; beyond, it scrolls inside its own box
const PAD = 6; // around the cells, so that outlines at the border stay whole
const HEAD = 24; // height of the strip over a matrix
const ROW = 22; // height of a row of numbers under a matrix
const SMALL = 11; // size of the letters in the pictures
const COMFORT = 6; // below this, cells grow again and the box scrolls
const MANY = 16384; // cells of an unfolded matrix, beyond which they stay small
const LOW = 86; // the most that a small picture is high

// Two panels stand side by side on a wide page, whatever their number, so that sizes stay when a panel joins;
// only a panel that no other ever joins has the whole width.
function shareOf(scene, width) {
  return width >= 660 && !scene.alone ? Math.floor((width - 28) / 2) : width;
}

function layoutTensor(scene, panel, width, font) {
  if (scene.small) return layoutCards(scene, panel, cardsSmall(scene), font);
  if (scene.drawing === "cube") return layoutCube(scene, panel, shareOf(scene, width));
  const half = cardsFor(scene, shareOf(scene, width), font);
  const whole = half.size < 9 && half.size < half.cap ? cardsFor(scene, width, font) : half;
  return layoutCards(scene, panel, whole.size >= half.size + 2 ? whole : half, font);
}

// The largest square cells with which all cards fit, with the number of cards beside each other.
function cardsFor(scene, budget, font) {
  const { samples, channels, places, count } = scene;
  const letters = widest([channelName(scene, channels - 1)], SMALL, font) + 8;
  const cap = count <= 64 ? 44 : count <= 256 ? 28 : 22;
  const measure = (size) => {
    const [gap, row] = rowOf(scene, size);
    const name = Math.min(widest([sampleName(scene, samples - 1)], SMALL, font, 600), 40);
    const caption = Math.max(row, name - letters + 8);
    const card = { width: Math.ceil(letters + caption + 19), height: channels * size + 30 };
    const most = Math.floor((budget - 2 * PAD + 10) / (card.width + 10));
    const lines = Math.ceil(samples / Math.max(Math.min(most, samples), 1));
    const across = Math.ceil(samples / lines);
    const height = lines * (card.height + 10) - 10 + 2 * PAD;
    return { size, cap, gap, card, most, across, lines, height, letters, apart: 10, at: [Math.ceil(letters) + 9, 22] };
  };
  for (let size = cap; size >= COMFORT; size--) {
    const plan = measure(size);
    if (plan.most >= 1 && plan.height <= BOX) return plan;
  }
  for (let size = 10; size >= 4; size--) {
    const plan = measure(size);
    if (plan.most >= 1) return plan;
  }
  return measure(places > 1500 ? 4 : 8);
}

// The template may name the sample {n} whatever the axis is called.
function cardTitle(scene, sample) {
  return say(scene, "card", { n: sample, [scene.letters.sample]: sample });
}

function sampleName({ letters }, sample) {
  return `${letters.sample}${sample}`;
}

function channelName({ letters }, channel) {
  return `${letters.channel}${channel}`;
}

// The gap after a run of cells, and the width of a row.
function rowOf({ places, run, plane }, size) {
  const gap = size >= 12 ? 4 : size >= 7 ? 3 : 2;
  return [gap, places * size + (Math.ceil(places / run) + Math.ceil(places / plane) - 2) * gap];
}

// All cards beside each other, without letters.
function cardsSmall(scene) {
  const { samples, channels } = scene;
  const size = Math.max(Math.min(13, Math.floor((LOW - 2 * PAD - 8) / channels)), 3);
  const [gap, row] = rowOf(scene, size);
  const card = { width: row + 8, height: channels * size + 8 };
  return { size, gap, card, across: samples, lines: 1, letters: 0, apart: 5, at: [4, 4] };
}

// One card per sample, in it one row per channel.
function layoutCards(scene, panel, plan, font) {
  const { samples, places, count } = scene;
  const { size, gap, card, across, lines, letters, apart, at } = plan;
  const inside = Array.from({ length: places }, (_, place) => {
    return place * size + gap * (Math.floor(place / scene.run) + Math.floor(place / scene.plane));
  });
  const placeAt = new Int32Array(inside[places - 1] + size).fill(-1);
  inside.forEach((left, place) => placeAt.fill(place, left, left + size));
  const corner = (sample) => [
    PAD + (sample % across) * (card.width + apart),
    PAD + Math.floor(sample / across) * (card.height + apart),
  ];
  const xs = new Int32Array(count);
  const ys = new Int32Array(count);
  for (let entry = 0; entry < count; entry++) {
    const [left, top] = corner(scene.sampleOf[entry]);
    xs[entry] = left + at[0] + inside[scene.placeOf[entry]];
    ys[entry] = top + at[1] + scene.channelOf[entry] * size;
  }
  const pick = (x, y) => {
    const column = Math.floor((x - PAD) / (card.width + apart));
    const sample = Math.floor((y - PAD) / (card.height + apart)) * across + column;
    if (column < 0 || column >= across || sample < 0 || sample >= samples) return -1;
    const first = scene.entryAt[flatOf(scene, sample, 0, 0)];
    const channel = Math.floor((y - ys[first]) / size);
    const place = placeAt[Math.floor(x - xs[first])] ?? -1;
    if (place < 0 || channel < 0 || channel >= scene.channels) return -1;
    return scene.entryAt[flatOf(scene, sample, channel, place)];
  };
  const width = across * (card.width + apart) - apart + 2 * PAD;
  const height = lines * (card.height + apart) - apart + 2 * PAD;
  const entry = Int32Array.from({ length: count }, (_, i) => i);
  const long = widest([cardTitle(scene, samples - 1)], SMALL, font, 600) <= card.width - 16;
  const common = { kind: "cards", panel, width, height, cellW: size, cellH: size, space: size >= 6 ? 1 : 0 };
  const place = { bridge: 2 * gap, xs, ys, pick, card, corner, top: at[1] };
  return { ...common, ...place, entry, group: scene.group, letters, long };
}

function matrixCells(scene, rows, columns, width) {
  if (scene.small) return [12, Math.max(Math.min(12, Math.floor((LOW - 2 * PAD) / rows)), 3)];
  const high = Math.floor((BOX - HEAD - 2 * PAD) / rows);
  const cap = rows * columns <= 64 ? 32 : 24;
  let cellH = high >= COMFORT ? Math.min(high, cap) : Math.min(10, Math.floor(12000 / rows));
  const fit = (budget) => Math.floor((budget - 2 * PAD - 16) / columns);
  let wide = fit(shareOf(scene, width));
  if (wide < 9) wide = fit(width);
  let cellW = wide >= COMFORT ? Math.min(wide, 44) : Math.min(12, Math.floor(16000 / columns));
  cellW = Math.max(Math.min(cellW, Math.max(3 * cellH, 36)), 4);
  cellH = Math.max(Math.min(cellH, Math.max(2 * cellW, 12)), 4);
  return rows * columns > MANY ? [Math.min(cellW, 6), Math.min(cellH, 6)] : [cellW, cellH];
}

function layoutMatrix(scene, panel, width) {
  const [rows, columns] = panel.shape;
  const [cellW, cellH] = matrixCells(scene, rows, columns, width);
  const { grouped } = panel;
  const entry = panel.entries ?? new Int32Array(rows * columns).fill(-1);
  return grid("matrix", panel, rows, columns, cellW, cellH, PAD, {
    entry,
    group: entry.map((at, cell) => (grouped ? cell % columns : at < 0 ? -1 : scene.group[at])),
    blank: Boolean(panel.entries),
    grouped,
    inset: panel.kind === "unfolded" && Math.min(cellW, cellH) >= 8 ? (Math.min(cellW, cellH) >= 14 ? 2 : 1) : 0,
  });
}

// The strip over a matrix and the rows under it: one cell per column, aligned with it.
function layoutStrip(kind, panel, matrix) {
  const columns = matrix.panel.shape[1];
  const cells = {
    entry: new Int32Array(columns).fill(-1),
    group: Int32Array.from({ length: columns }, (_, column) => (matrix.grouped ? column : -1)),
    unfolded: matrix.panel.kind === "unfolded",
  };
  if (kind === "head") return { ...grid(kind, panel, 1, columns, matrix.cellW, 7, HEAD - 8, cells), height: HEAD };
  return grid(kind, panel, 1, columns, matrix.cellW, ROW, 4, cells);
}

function grid(kind, panel, rows, columns, cellW, cellH, top, rest) {
  const count = rows * columns;
  const xs = Int32Array.from({ length: count }, (_, cell) => PAD + (cell % columns) * cellW);
  const ys = Int32Array.from({ length: count }, (_, cell) => top + Math.floor(cell / columns) * cellH);
  const pick = (x, y) => {
    const column = Math.floor((x - PAD) / cellW);
    const row = kind === "head" ? 0 : Math.floor((y - top) / cellH); // the label over a strip belongs to it
    return column < 0 || column >= columns || row < 0 || row >= rows ? -1 : row * columns + column;
  };
  const size = { width: columns * cellW + 2 * PAD, height: rows * cellH + 2 * top };
  const space = Math.min(cellW, cellH) >= 6 ? 1 : 0;
  const whole = [[PAD, top, columns * cellW, rows * cellH]];
  return { kind, panel, ...size, cellW, cellH, space, bridge: 0, xs, ys, whole, pick, ...rest };
}
