// One view per place in the page: made once, given a new scene at every change of the data or the theme.

const VIEWS = new WeakMap();

function createView(parent) {
  const root = element("div", "tensor-view");
  const view = { root, parent, surfaces: [], scene: null, focus: null, locked: -1, pending: null, cursor: 0 };
  view.angles = { yaw: 0.62, pitch: 0.5 };
  view.panels = element("div", "panels");
  createLine(view);
  root.append(view.panels, view.legend, view.line, view.help, view.status, view.bubble);
  root.tabIndex = 0;
  root.dataset.testid = "tensor-view";
  root.dataset.settled = "false";
  root.setAttribute("role", "application");
  root.setAttribute("aria-describedby", "help");
  parent.append(root);
  listenPointer(view);
  listenKeys(view);
  view.observer = new ResizeObserver(() => {
    const width = Math.floor(root.clientWidth);
    if (width && width !== view.width && view.scene) show(view, view.scene);
  });
  view.observer.observe(root);
  return view;
}

// Panels in their figures: a matrix takes its header strip and the rows that follow it along.
function buildPanels(view) {
  const { scene, theme, width } = view;
  const figures = [];
  view.surfaces = [];
  let matrix = null;
  for (const panel of scene.panels) {
    if (panel.kind === "row" && matrix) {
      const row = addSurface(view, layoutStrip("row", panel, matrix), matrix.box);
      const title = element("span", "row-title");
      title.textContent = panel.title;
      if (!matrix.foot) matrix.box.append((matrix.foot = element("div", "foot")));
      matrix.foot.append(title, row.layers);
      continue;
    }
    const caption = element("figcaption", "");
    const box = element("div", "box");
    const title = element("span", "title");
    title.textContent = panel.title;
    caption.append(title);
    const axes = element("span", "axes");
    axes.textContent = axesOf(scene, panel);
    caption.append(axes);
    if (panel.kind === "matrix") {
      matrix = addSurface(view, layoutMatrix(scene, panel, width), box);
      if (matrix.grouped) box.append(addSurface(view, layoutStrip("head", panel, matrix), box).layers);
      box.append(matrix.layers);
    } else {
      matrix = null;
      box.append(addSurface(view, layoutTensor(scene, panel, width, theme.font), box).layers);
    }
    figures.push(element("figure", "", [caption, box]));
  }
  view.panels.replaceChildren(...figures);
  figures.forEach((figure, i) => fitBox(view, figure.lastChild, figure.querySelector(".title").textContent));
}

function axesOf(scene, panel) {
  const sizes = panel.shape.join(" × ");
  if (panel.kind !== "matrix") return say(scene, "axes", { axes: panel.axes.join(" "), sizes });
  const [rows, columns] = ["rows", "columns"].map((label, i) => say(scene, label, { axes: panel.axes[i] }));
  return `${rows} · ${columns}`;
}

function addSurface(view, geometry, box) {
  const surface = createSurface(geometry, view.scene);
  Object.assign(surface, { box, angles: view.angles });
  view.surfaces.push(surface);
  return surface;
}

// A box that scrolls is a stop of the keyboard, with a name.
function fitBox(view, box, title) {
  const inner = Math.max(...view.surfaces.filter((surface) => surface.box === box).map((surface) => surface.width));
  const foot = box.querySelector(".foot");
  if (foot) box.style.maxHeight = `${BOX + foot.offsetHeight}px`; // the cells keep their room when rows join
  const tall = box.scrollHeight > box.clientHeight;
  const wide = Math.max(inner, foot ? foot.offsetWidth : 0);
  if (tall) box.style.width = `${wide + 16}px`; // room for the bar, so that none appears below
  if (!tall && box.scrollWidth <= box.clientWidth) return;
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", say(view.scene, "scroll", { title }));
}

function show(view, scene) {
  view.flight?.stop();
  const before = view.scene;
  const kept = keepScroll(view);
  const places = flightWanted(view, before, scene) ? takePlaces(view) : null;
  view.root.dataset.settled = "false";
  view.scene = scene;
  takeLock(view, before, scene);
  view.width = Math.floor(view.root.clientWidth);
  if (!view.width) return; // not shown yet: the observer calls again
  view.theme = readTheme(view.root);
  if (view.cursor >= scene.count) view.cursor = 0;
  const words = { axes: scene.axes.join(" "), sizes: scene.sizes.join(" ") };
  view.root.setAttribute("aria-label", say(scene, "view", words));
  view.help.textContent = say(scene, "help");
  const focused = view.focus?.entry ?? -1;
  buildPanels(view);
  for (const surface of view.surfaces) paintBase(surface, view.theme);
  view.focus = focused >= 0 && focused < scene.count ? focusOn(view, focused) : null;
  hideBubble(view);
  writeLegend(view);
  paintFocus(view);
  restoreScroll(view, kept);
  if (before?.hash !== scene.hash && view.locked >= 0) reveal(view, view.locked);
  view.root.dataset.scene = scene.hash;
  const known = new Set(before ? before.panels.map((panel) => panel.name) : []);
  const fresh = view.surfaces.filter(({ kind, panel }) => kind !== "row" && kind !== "head" && !known.has(panel.name));
  if (places) fly(view, fresh, places, () => settle(view));
  else settle(view);
}

// Letters on canvases wait for the page's font: what is painted before it came is painted again.
function settle(view) {
  const font = `${SMALL}px ${view.theme.font}`;
  const done = () => (view.root.dataset.settled = "true");
  if (view.fontTried === font || !document.fonts || document.fonts.check(font)) return done();
  view.fontTried = font;
  const late = new Promise((resolve) => setTimeout(resolve, 1500));
  const fonts = Promise.all([font, `600 ${font}`].map((one) => document.fonts.load(one)));
  Promise.race([fonts, late]).catch(() => {}).then(() => show(view, view.scene));
}

// The browser's lock holds until Python has answered to it (or three seconds); then Python's changes are taken over.
function takeLock(view, before, scene) {
  const wanted = scene.locked < scene.count ? scene.locked : -1;
  if (before === scene) return;
  const waiting = view.pending !== null && performance.now() - view.lockedAt < 3000;
  if (waiting && before && before.count === scene.count) {
    if (wanted === view.pending) view.pending = null;
    return;
  }
  if (!before || wanted !== before.locked || before.count !== scene.count) view.locked = wanted;
  view.pending = null;
}

function keepScroll(view) {
  return new Map(view.surfaces.map(({ panel, box }) => [panel.name, [box.scrollLeft, box.scrollTop]]));
}

function restoreScroll(view, kept) {
  for (const { panel, box } of view.surfaces) {
    if (kept.has(panel.name)) [box.scrollLeft, box.scrollTop] = kept.get(panel.name);
  }
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  if (!data) return;
  let view = VIEWS.get(parentElement);
  if (!view) VIEWS.set(parentElement, (view = createView(parentElement)));
  view.send = setTriggerValue;
  show(view, unpack(data));
  return () => {
    view.flight?.stop();
    view.observer.disconnect();
    view.root.remove();
    VIEWS.delete(parentElement);
  };
}
