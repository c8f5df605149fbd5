// How large cells are and where they stand: one plain record of geometry per canvas, in whole CSS pixels.

const BOX = 440; // the most that a panel is high; beyond, it scrolls inside its own box
const PAD = 6; // around the cells, so that outlines at the border stay whole
const HEAD = 24; // height of the strip over a matrix
const ROW = 22; // height of a row of numbers under a matrix
const SMALL = 11; // size of the letters in the pictures
const COMFORT = 6; // below this, cells grow again and the box scrolls

// Two panels stand side by side on a wide page, whatever their number, so that sizes stay when a panel joins;
// only a panel that no other ever joins has the whole width.
function shareOf(scene, width) {
  return width >= 660 && !scene.alone ? Math.floor((width - 28) / 2) : width;
}

function layoutTensor(scene, panel, width, font) {
  if (scene.drawing === "cube") return layoutCube(scene, panel, shareOf(scene, width));
  const half = cardsFor(scene, shareOf(scene, width), font);
  const whole = half.size < 9 && half.size < half.cap ? cardsFor(scene, width, font) : half;
  return layoutCards(scene, panel, whole.size >= half.size + 2 ? whole : half, font);
}

// The largest square cells with which all cards fit, with the number of cards beside each other.
function cardsFor(scene, budget, font) {
  const { samples, channels, places, count } = scene;
  const letters = widest([`c${channels - 1}`], SMALL, font) + 8;
  const cap = count <= 64 ? 44 : count <= 256 ? 28 : 22;
  const measure = (size) => {
    const gap = size >= 12 ? 4 : size >= 7 ? 3 : 2;
    const runs = Math.ceil(places / scene.run) - 1;
    const planes = Math.ceil(places / scene.plane) - 1;
    const row = places * size + (runs + planes) * gap;
    const caption = Math.max(row, Math.min(widest([`n${samples - 1}`], SMALL, font, 600), 40) - letters + 8);
    const card = { width: Math.ceil(letters + caption + 19), height: channels * size + 30 };
    const most = Math.floor((budget - 2 * PAD + 10) / (card.width + 10));
    const lines = Math.ceil(samples / Math.max(Math.min(most, samples), 1));
    const across = Math.ceil(samples / lines);
    const height = lines * (card.height + 10) - 10 + 2 * PAD;
    return { size, cap, gap, card, most, across, lines, height, letters };
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

// One card per sample, in it one row per channel.
function layoutCards(scene, panel, plan, font) {
  const { samples, places, count } = scene;
  const { size, gap, card, across, lines, letters } = plan;
  const inside = Array.from({ length: places }, (_, place) => {
    return place * size + gap * (Math.floor(place / scene.run) + Math.floor(place / scene.plane));
  });
  const placeAt = new Int32Array(inside[places - 1] + size).fill(-1);
  inside.forEach((left, place) => placeAt.fill(place, left, left + size));
  const corner = (sample) => [
    PAD + (sample % across) * (card.width + 10),
    PAD + Math.floor(sample / across) * (card.height + 10),
  ];
  const xs = new Int32Array(count);
  const ys = new Int32Array(count);
  for (let entry = 0; entry < count; entry++) {
    const [left, top] = corner(scene.sampleOf[entry]);
    xs[entry] = left + Math.ceil(letters) + 9 + inside[scene.placeOf[entry]];
    ys[entry] = top + 22 + scene.channelOf[entry] * size;
  }
  const pick = (x, y) => {
    const column = Math.floor((x - PAD) / (card.width + 10));
    const sample = Math.floor((y - PAD) / (card.height + 10)) * across + column;
    if (column < 0 || column >= across || sample < 0 || sample >= samples) return -1;
    const first = scene.entryAt[flatOf(scene, sample, 0, 0)];
    const channel = Math.floor((y - ys[first]) / size);
    const place = placeAt[Math.floor(x - xs[first])] ?? -1;
    if (place < 0 || channel < 0 || channel >= scene.channels) return -1;
    return scene.entryAt[flatOf(scene, sample, channel, place)];
  };
  const width = across * (card.width + 10) - 10 + 2 * PAD;
  const height = lines * (card.height + 10) - 10 + 2 * PAD;
  const entry = Int32Array.from({ length: count }, (_, i) => i);
  const long = widest([say(scene, "card", { n: samples - 1 })], SMALL, font, 600) <= card.width - 16;
  const common = { kind: "cards", panel, width, height, cellW: size, cellH: size, space: size >= 6 ? 1 : 0 };
  return { ...common, bridge: 2 * gap, xs, ys, entry, group: scene.group, pick, card, corner, letters, long };
}

function matrixCells(scene, rows, columns, width) {
  const high = Math.floor((BOX - HEAD - 2 * PAD) / rows);
  const cap = rows * columns <= 64 ? 32 : 24;
  let cellH = high >= COMFORT ? Math.min(high, cap) : Math.min(10, Math.floor(12000 / rows));
  const fit = (budget) => Math.floor((budget - 2 * PAD - 16) / columns);
  let wide = fit(shareOf(scene, width));
  if (wide < 9) wide = fit(width);
  let cellW = wide >= COMFORT ? Math.min(wide, 44) : Math.min(12, Math.floor(16000 / columns));
  cellW = Math.max(Math.min(cellW, Math.max(3 * cellH, 36)), 4);
  cellH = Math.max(Math.min(cellH, Math.max(2 * cellW, 12)), 4);
  return [cellW, cellH];
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
  });
}

// The strip over a matrix and the rows under it: one cell per column, aligned with it.
function layoutStrip(kind, panel, matrix) {
  const columns = matrix.panel.shape[1];
  const cells = {
    entry: new Int32Array(columns).fill(-1),
    group: Int32Array.from({ length: columns }, (_, column) => (matrix.grouped ? column : -1)),
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
  return { kind, panel, ...size, cellW, cellH, space, bridge: 0, xs, ys, pick, ...rest };
}
