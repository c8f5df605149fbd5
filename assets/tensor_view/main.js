// One view per place in the page: made once, given a new scene at every change of the data or the theme.

const VIEWS = new WeakMap();

function createView(parent, small) {
  const root = element("div", small ? "tensor-view small" : "tensor-view");
  const view = { root, parent, small, surfaces: [], scene: null, focus: null, locked: -1, pending: null, cursor: 0 };
  view.angles = { yaw: 0.62, pitch: 0.5 };
  view.panels = element("div", "panels");
  root.append(view.panels);
  root.dataset.testid = small ? "tensor-small" : "tensor-view";
  root.dataset.settled = "false";
  root.setAttribute("role", small ? "img" : "application");
  parent.append(root);
  listenPointer(view);
  if (!small) furnish(view);
  return view;
}

// All that a small picture does without: words, keys, and cells that grow with the page.
function furnish(view) {
  const { root } = view;
  createLine(view);
  root.append(view.legend, view.line, view.help, view.status, view.bubble);
  root.tabIndex = 0;
  root.setAttribute("aria-describedby", "help");
  listenKeys(view);
  view.observer = new ResizeObserver(() => {
    const width = Math.floor(root.clientWidth);
    if (width && width !== view.width && view.scene) show(view, view.scene);
  });
  view.observer.observe(root);
}

function show(view, scene) {
  if (view.small) return showSmall(view, scene);
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
  const fresh = view.surfaces.filter((surface) => showsEntries(surface) && !known.has(surface.panel.name));
  if (places) fly(view, fresh, places, () => settle(view));
  else settle(view);
}

// Nothing to keep, nothing to wait for. The name tells of the locked entry's group, else of the first one's.
function showSmall(view, scene) {
  Object.assign(view, { scene, locked: scene.locked, focus: null, width: Infinity, theme: readTheme(view.root) });
  const words = say(scene, "view", { axes: scene.axes.join(" "), sizes: scene.sizes.join(" ") });
  const entry = Math.max(scene.locked, 0);
  const sentence = sentenceOf(scene, { entry, group: scene.group[entry] });
  view.root.setAttribute("aria-label", [words, sentence].filter(Boolean).join(". "));
  buildPanels(view);
  for (const surface of view.surfaces) paintBase(surface, view.theme);
  paintFocus(view);
  view.root.dataset.scene = scene.hash;
  view.root.dataset.settled = "true";
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
  const scene = unpack(data);
  let view = VIEWS.get(parentElement);
  if (view && view.small !== scene.small) view = dispose(view);
  if (!view) VIEWS.set(parentElement, (view = createView(parentElement, scene.small)));
  view.send = setTriggerValue;
  show(view, scene);
  return () => dispose(view);
}

function dispose(view) {
  view.flight?.stop();
  view.observer?.disconnect();
  view.root.remove();
  VIEWS.delete(view.parent);
}
