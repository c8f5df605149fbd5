// Cells of a new panel fly in from where the last scene drew the same entries.

const FLIGHT = 450; // milliseconds

// Where every entry stands now, relative to the root; later panels win. Taken before a scene is replaced.
function takePlaces(view) {
  const places = new Map();
  for (const surface of view.surfaces) {
    if (!showsEntries(surface)) continue;
    forVisible(view, surface, (entry, box) => places.set(entry, box));
  }
  return places;
}

// Calls visit(entry, [x, y, width, height], cell) for the cells inside the surface's scroll box.
function forVisible(view, surface, visit) {
  const root = view.root.getBoundingClientRect();
  const own = surface.base.getBoundingClientRect();
  const box = surface.box.getBoundingClientRect();
  surface.entry.forEach((entry, cell) => {
    if (entry < 0) return;
    const [x, y, width, height] = surface.kind === "cube" ? cubeBox(surface, entry) : cellBox(surface, cell);
    const left = own.left + x;
    const top = own.top + y;
    const hidden = left + width < box.left || left > box.right || top + height < box.top || top > box.bottom;
    if (!hidden) visit(entry, [left - root.left, top - root.top, width, height], cell);
  });
}

function cubeBox(surface, entry) {
  const { x, y } = cubeLocate(surface, entry);
  return [x - 5, y - 5, 10, 10];
}

// Starts the flight into these surfaces; done() runs at its end, also when a new scene cuts it short.
function fly(view, surfaces, places, done) {
  const moves = [];
  for (const surface of surfaces) {
    forVisible(view, surface, (entry, to, cell) => {
      const from = places.get(entry);
      if (from) moves.push([from, to, cellColor(surface, view.theme, cell) ?? view.theme.faint]);
    });
  }
  if (!moves.length) return done();
  const canvas = element("canvas", "flight");
  canvas.setAttribute("aria-hidden", "true");
  view.root.append(canvas);
  const pen = new Pen(canvas, view.root.clientWidth, view.root.clientHeight);
  for (const surface of surfaces) surface.layers.style.opacity = 0;
  const start = performance.now();
  const flight = { frame: 0, timer: 0 };
  flight.stop = () => {
    cancelAnimationFrame(flight.frame);
    clearTimeout(flight.timer);
    canvas.remove();
    for (const surface of surfaces) surface.layers.style.opacity = "";
    view.flight = null;
    done();
  };
  const paint = (now) => {
    const part = Math.min(Math.max((now - start) / FLIGHT, 0), 1);
    if (part === 1) return flight.stop();
    const eased = part < 0.5 ? 4 * part ** 3 : 1 - (2 - 2 * part) ** 3 / 2;
    pen.clear();
    for (const [from, to, color] of moves) pen.rect(...from.map((at, i) => at + (to[i] - at) * eased), color);
    flight.frame = requestAnimationFrame(paint);
  };
  flight.timer = setTimeout(flight.stop, 2 * FLIGHT); // a hidden page paints no frames
  view.flight = flight;
  paint(start);
}

function flightWanted(view, before, scene) {
  if (!before || before.sizes.join() !== scene.sizes.join() || before.axes.join() !== scene.axes.join()) return false;
  if (!view.root.isConnected || matchMedia("(prefers-reduced-motion: reduce)").matches) return false;
  const known = new Set(before.panels.map((panel) => panel.name));
  return scene.panels.some((panel) => panel.kind !== "row" && panel.kind !== "table" && !known.has(panel.name));
}
