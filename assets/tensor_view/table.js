// A table of numbers that belong to no entry: its own range of colours, its indexes beside it, a stop of the keyboard.

const BETWEEN = 13; // room between blocks, with a line in its middle

function layoutTable(scene, panel, width, font) {
  const [rows, columns] = panel.shape;
  const high = rows / panel.blocks; // rows of a block
  const [first, second] = panel.axes.map((axis, i) => indexNames(axis, i ? columns : high));
  const left = Math.ceil(widest(first, SMALL, font)) + 6;
  const room = shareOf(scene, width) - left - 2 * PAD;
  const cellW = Math.max(Math.min(Math.floor(room / columns), 46), COMFORT);
  const cellH = Math.max(Math.min(cellW, Math.floor((BOX - 40) / rows), 28), Math.min(cellW, 14));
  const count = rows * columns;
  const downTo = (row) => HEAD + row * cellH + Math.floor(row / high) * BETWEEN;
  const xs = Int32Array.from({ length: count }, (_, cell) => PAD + left + (cell % columns) * cellW);
  const ys = Int32Array.from({ length: count }, (_, cell) => downTo(Math.floor(cell / columns)));
  const pick = (x, y) => {
    const column = Math.floor((x - PAD - left) / cellW);
    const block = Math.floor((y - HEAD) / (high * cellH + BETWEEN));
    const row = Math.floor((y - HEAD - block * (high * cellH + BETWEEN)) / cellH);
    const outside = column < 0 || column >= columns || row < 0 || row >= high || block >= panel.blocks;
    return outside ? -1 : (block * high + row) * columns + column;
  };
  const none = new Int32Array(count).fill(-1);
  const size = { width: 2 * PAD + left + columns * cellW, height: downTo(rows - 1) + cellH + PAD };
  const rest = { bridge: 0, names: [first, second], range: rangeOf(panel), entry: none, group: none };
  return { kind: "table", panel, ...size, cellW, cellH, space: cellW >= 6 ? 1 : 0, xs, ys, pick, ...rest };
}

// Colours run from -range to +range.
function rangeOf({ values }) {
  return values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0) || 1;
}

// c0, c1, ... along an axis with a letter; only numbers along one with a longer name.
function indexNames(axis, size) {
  return Array.from({ length: size }, (_, at) => (axis.length === 1 ? axis + at : String(at)));
}

function paintTable({ panel, names, xs, ys, cellW, cellH, width }, theme, pen) {
  const columns = panel.shape[1];
  const high = names[0].length;
  const every = Math.ceil((widest(names[1], SMALL, theme.font) + 6) / cellW);
  pen.font(SMALL, theme.font);
  for (let at = 0; at < columns; at += every) {
    pen.text(names[1][at], xs[at] + cellW / 2, HEAD / 2 + 3, theme.muted, "center");
  }
  const step = Math.ceil(SMALL / cellH);
  for (let row = 0; row < panel.shape[0]; row++) {
    const top = ys[row * columns];
    if ((row % high) % step === 0) pen.text(names[0][row % high], xs[0] - 6, top + cellH / 2, theme.muted, "right");
    if (row && row % high === 0) pen.rect(PAD, top - (BETWEEN + 1) / 2, width - 2 * PAD, 1, theme.muted);
  }
}

// Where a cell stands, block first where there are several.
function tableIndex({ shape, blocks }, cell) {
  const high = shape[0] / blocks;
  const row = Math.floor(cell / shape[1]);
  return [...(blocks > 1 ? [Math.floor(row / high)] : []), row % high, cell % shape[1]];
}

// Arrow keys walk through a table that has the focus, as they walk through the tensor.
const WALK = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
  Home: [0, -Infinity], End: [0, Infinity],
};

function listenTable(view, surface) {
  const { layers, panel } = surface;
  const [rows, columns] = panel.shape;
  const [row, column] = panel.axes;
  layers.tabIndex = 0;
  layers.dataset.table = panel.name;
  layers.setAttribute("role", "application");
  layers.setAttribute("aria-label", say(view.scene, "table", { title: panel.title, rows, columns, row, column }));
  layers.setAttribute("aria-describedby", "help");
  let at = 0;
  const go = (cell) => {
    at = cell;
    setFocus(view, focusAt(surface, cell));
    bringInto(surface, middleOf(surface, cell));
    hideBubble(view);
    announce(view);
  };
  layers.onkeydown = (event) => {
    const step = WALK[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const stay = (value, size) => Math.min(Math.max(value, 0), size - 1);
    go(stay(Math.floor(at / columns) + step[0], rows) * columns + stay((at % columns) + step[1], columns));
  };
  layers.onfocus = () => {
    view.help.textContent = say(view.scene, "walk");
    if (layers.matches(":focus-visible")) go(at);
  };
  layers.onblur = () => {
    view.help.textContent = say(view.scene, "help");
    setFocus(view, null);
  };
}
