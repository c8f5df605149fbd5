// Pointer and keys -> focus, lock, turn of the cube. Nothing here talks to the server but the lock.

function pickAt(surface, x, y) {
  return surface.kind === "cube" ? cubePick(surface, x, y) : surface.pick(x, y);
}

function focusAt(surface, cell) {
  if (cell < 0) return null;
  const { entry, group, panel, kind } = surface;
  if (surface.blank && entry[cell] < 0) return null;
  return { entry: entry[cell], group: group[cell], panel, kind, cell };
}

// The entry as the first panel that shows it tells of it.
function focusOn(view, entry) {
  for (const surface of view.surfaces) {
    const [cell] = cellsOfEntry(surface, entry, view.scene.group[entry]);
    if (cell !== undefined) return { ...focusAt(surface, cell), group: view.scene.group[entry] };
  }
  return null;
}

function lockedFocus(view) {
  return view.locked >= 0 ? focusOn(view, view.locked) : null;
}

function setFocus(view, focus) {
  const old = view.focus;
  const same = old && focus && old.panel === focus.panel && old.kind === focus.kind && old.cell === focus.cell;
  if (same || (!old && !focus)) return;
  view.focus = focus;
  if (focus && focus.entry >= 0) view.cursor = focus.entry;
  paintFocus(view);
}

function paintFocus(view) {
  const shown = view.focus ?? lockedFocus(view);
  for (const surface of view.surfaces) paintOver(surface, view.theme, shown, view.locked);
  writeLine(view);
  view.root.dataset.focus = view.focus ? view.focus.entry : -1;
  view.root.dataset.group = shown ? shown.group : -1;
  view.root.dataset.locked = view.locked;
}

function toggleLock(view, entry) {
  view.locked = view.locked === entry ? -1 : entry;
  view.pending = view.locked;
  view.lockedAt = performance.now();
  view.send("lock", view.locked);
  paintFocus(view);
  if (view.locked >= 0) reveal(view, entry);
}

// Scrolls every box, and nothing else, until the entry is in sight.
function reveal(view, entry) {
  for (const surface of view.surfaces) {
    const at = entry >= 0 && showsEntries(surface) ? locate(surface, entry) : null;
    if (at) bringInto(surface, at);
  }
}

function bringInto({ box, kind, foot }, at) {
  const head = kind === "matrix" ? HEAD : 0;
  const room = box.clientHeight - head - (foot ? foot.offsetHeight : 0);
  if (at.y < box.scrollTop + 24 || at.y > box.scrollTop + room - 24) box.scrollTop = at.y - room / 2;
  if (at.x < box.scrollLeft + 24 || at.x > box.scrollLeft + box.clientWidth - 24) {
    box.scrollLeft = at.x - box.clientWidth / 2;
  }
}

function listenPointer(view) {
  const { root } = view;
  let last = null;
  let frame = 0;
  let drag = null;
  const look = () => {
    frame = 0;
    if (!last) return;
    const { surface } = last.target;
    setFocus(view, surface ? focusAt(surface, pickAt(surface, last.x, last.y)) : null);
    showBubble(view, last);
  };
  const note = (event) => {
    const { target, offsetX, offsetY, clientX, clientY, pointerType } = event;
    last = { target, x: offsetX, y: offsetY, clientX, clientY, pointerType };
    frame ||= requestAnimationFrame(look);
  };
  root.onpointermove = (event) => {
    if (drag && event.buttons) return turn(event);
    if (event.pointerType !== "touch") note(event);
  };
  root.onpointerleave = () => {
    last = null;
    setFocus(view, null);
    hideBubble(view);
  };
  root.onpointerdown = (event) => {
    const { surface } = event.target;
    drag = surface?.kind === "cube" ? { surface, x: event.clientX, y: event.clientY, moved: 0 } : null;
  };
  const turn = (event) => {
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    drag.moved += Math.abs(dx) + Math.abs(dy);
    if (drag.moved < 5) return;
    event.target.setPointerCapture?.(event.pointerId);
    Object.assign(drag, { x: event.clientX, y: event.clientY });
    view.angles.yaw += dx * 0.01;
    view.angles.pitch = Math.min(Math.max(view.angles.pitch + dy * 0.01, -1.4), 1.4);
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      for (const surface of view.surfaces) if (surface.kind === "cube") paintBase(surface, view.theme);
      view.focus = null;
      paintFocus(view);
      hideBubble(view);
    });
  };
  root.onclick = (event) => {
    const { surface } = event.target;
    const turned = drag && drag.moved >= 5;
    drag = null;
    if (!surface || turned || view.small) return;
    const focus = focusAt(surface, pickAt(surface, event.offsetX, event.offsetY));
    if (!focus || focus.entry < 0) return;
    view.cursor = focus.entry;
    toggleLock(view, focus.entry);
  };
}

const KEYS = {
  ArrowUp: ["channel", -1], ArrowDown: ["channel", 1], ArrowLeft: ["place", -1], ArrowRight: ["place", 1],
  PageUp: ["sample", -1], PageDown: ["sample", 1], Home: ["place", -Infinity], End: ["place", Infinity],
};

function listenKeys(view) {
  const { root } = view;
  const show = (entry) => {
    view.cursor = entry;
    setFocus(view, focusOn(view, entry));
    reveal(view, entry);
    hideBubble(view);
    announce(view);
  };
  root.onkeydown = (event) => {
    if (event.target !== root || event.ctrlKey || event.altKey || event.metaKey) return;
    const { scene } = view;
    let [along, delta] = KEYS[event.key] ?? [];
    if (along === "place" && (event.shiftKey || scene.places === 1)) along = "sample";
    const lock = event.key === "Enter" || event.key === " ";
    const free = event.key === "Escape" && view.locked >= 0;
    if (!along && !lock && !free) return;
    event.preventDefault();
    event.stopPropagation();
    if (along) return show(view.focus ? stepFrom(scene, view.cursor, along, delta) : view.cursor);
    toggleLock(view, free ? view.locked : view.cursor);
    announce(view, say(scene, view.locked < 0 ? "unlocked" : "locked"));
  };
  root.onfocus = () => root.matches(":focus-visible") && show(view.cursor);
  root.onblur = () => setFocus(view, null);
}
