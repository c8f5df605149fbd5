// The cube of the Group Normalization paper: channels across, places downward, samples into the depth.

const FILLED = 0.9; // of a voxel's room; the rest is the gap to its neighbours

function layoutCube(scene, panel, budget) {
  const width = Math.min(budget, 460);
  const entry = Int32Array.from({ length: scene.count }, (_, i) => i);
  return { kind: "cube", panel, width, height: Math.round(width * 0.94), entry, group: scene.group };
}

// The turned axes on the screen: vectors per voxel, order from far to near, the near side of each axis.
function frameOf(surface) {
  const { scene, angles, width, height } = surface;
  const sizes = [scene.channels, scene.places, scene.samples];
  const lengths = sizes.map((size) => size ** 0.6); // long axes are shortened, so that all three stay visible
  const scale = (Math.min(width, height) - 44) / Math.hypot(...lengths); // fits however it is turned
  const [cosY, sinY, cosP, sinP] = [angles.yaw, angles.pitch].flatMap((a) => [Math.cos(a), Math.sin(a)]);
  const turned = [
    [cosY, sinY * sinP, -sinY * cosP],
    [0, cosP, sinP],
    [sinY, -cosY * sinP, cosY * cosP],
  ];
  const axes = turned.map((axis, i) => axis.slice(0, 2).map((part) => (part * scale * lengths[i]) / sizes[i]));
  const away = turned.map((axis) => axis[2] > 0); // does a higher index lie farther away?
  const order = sizes.map((size, i) => Array.from({ length: size }, (_, at) => (away[i] ? size - 1 - at : at)));
  const near = sizes.map((size, i) => (away[i] ? 0 : size - 1));
  return { sizes, axes, away, order, near, middle: [width / 2, height / 2] };
}

function project({ axes, sizes, middle }, [c, s, n]) {
  const [across, down, deep] = [c + 0.5 - sizes[0] / 2, s + 0.5 - sizes[1] / 2, n + 0.5 - sizes[2] / 2];
  const x = middle[0] + across * axes[0][0] + down * axes[1][0] + deep * axes[2][0];
  return [x, middle[1] + across * axes[0][1] + down * axes[1][1] + deep * axes[2][1]];
}

// The three faces toward the reader, each as four corners relative to the voxel's middle.
function facesOf({ axes, away }) {
  const half = axes.map((axis) => axis.map((part) => (part * FILLED) / 2));
  return [0, 1, 2].map((i) => {
    const [j, k] = [0, 1, 2].filter((other) => other !== i);
    const side = away[i] ? -1 : 1;
    return [[1, 1], [1, -1], [-1, -1], [-1, 1]].map(([a, b]) => {
      return [0, 1].map((xy) => side * half[i][xy] + a * half[j][xy] + b * half[k][xy]);
    });
  });
}

// Calls visit(entry, channel, place, sample) from far to near.
function walk(surface, frame, visit) {
  const { scene } = surface;
  for (const n of frame.order[2]) {
    for (const s of frame.order[1]) {
      for (const c of frame.order[0]) visit(scene.entryAt[flatOf(scene, n, c, s)], c, s, n);
    }
  }
}

function isShell({ near }, c, s, n) {
  return c === near[0] || s === near[1] || n === near[2];
}

// Do members stand before all three faces that look toward the reader?
function isCovered({ scene }, { sizes, away }, member, at) {
  return [0, 1, 2].every((i) => {
    const next = [...at];
    next[i] += away[i] ? -1 : 1;
    if (next[i] < 0 || next[i] >= sizes[i]) return false;
    return member[scene.entryAt[flatOf(scene, next[2], next[0], next[1])]] === 1;
  });
}

function paintCube(surface, theme, pen, focus, locked = -1) {
  const { scene } = surface;
  const frame = frameOf(surface);
  const quads = facesOf(frame).map((face) => face.map((corner) => corner.map((part) => part * pen.k)));
  const draw = (c, s, n, colors, stroke) => {
    const [x, y] = project(frame, [c, s, n]);
    paintVoxel(pen.to, quads, x * pen.k, y * pen.k, colors, stroke);
  };
  if (focus) pen.rect(0, 0, pen.width, pen.height, theme.background);
  const member = new Uint8Array(scene.count);
  for (const own of focus ? [false, true] : []) {
    for (const entry of cellsOfGroup(surface, focus.group, own)) member[entry] = 1;
  }
  if (focus) pen.to.globalAlpha = 0.12;
  walk(surface, frame, (entry, c, s, n) => {
    if (isShell(frame, c, s, n) && !member[entry]) draw(c, s, n, voxelColors(surface, theme, entry));
  });
  pen.to.globalAlpha = 1;
  if (focus) {
    walk(surface, frame, (entry, c, s, n) => {
      const seen = member[entry] && !isCovered(surface, frame, member, [c, s, n]);
      if (!seen) return;
      const colors = voxelColors(surface, theme, entry);
      draw(c, s, n, colors, scene.sources && scene.group[entry] === focus.group ? [theme.text, 1.5 * pen.k] : null);
    });
    for (const entry of [locked, focus.entry]) {
      if (entry < 0) continue;
      const at = [scene.channelOf[entry], scene.placeOf[entry], scene.sampleOf[entry]];
      draw(...at, null, [entry === locked ? theme.primary : theme.text, 7 * pen.k]);
      draw(...at, null, [theme.background, 3 * pen.k]);
      draw(...at, voxelColors(surface, theme, entry), [theme.text, pen.k]);
    }
  }
  paintAxes(surface, frame, theme, pen);
}

function paintVoxel(to, quads, x, y, colors, stroke) {
  for (let face = 0; face < 3; face++) {
    const quad = quads[face];
    to.beginPath();
    to.moveTo(x + quad[0][0], y + quad[0][1]);
    for (let i = 1; i < 4; i++) to.lineTo(x + quad[i][0], y + quad[i][1]);
    to.closePath();
    if (colors) {
      to.fillStyle = colors[face];
      to.fill();
    }
    if (stroke) {
      [to.strokeStyle, to.lineWidth] = stroke;
      to.lineJoin = "round";
      to.stroke();
    }
  }
}

// One colour per face: the front as it is, the top lighter, the side darker.
function voxelColors(surface, theme, entry) {
  const { scene } = surface;
  const byGroup = scene.color === "group";
  const at = byGroup ? hueOf(scene.group[entry]) : shadeOf(surface.panel.values[entry], scene.extent);
  theme.voxels ??= new Map();
  const key = byGroup ? -2 - at : at;
  if (!theme.voxels.has(key)) {
    const color = at < 0 ? rgbOf(theme.faint) : (byGroup ? theme.hues : theme.scale)[at];
    theme.voxels.set(key, [mix(color, [0, 0, 0], 0.18), mix(color, [255, 255, 255], 0.25), color].map(css));
  }
  return theme.voxels.get(key);
}

// An arrow along one outer edge per axis, with the axis's name.
function paintAxes({ scene }, frame, theme, pen) {
  const names = [scene.letters.channel, scene.space.map((i) => scene.axes[i]).join(" "), scene.letters.sample];
  pen.font(13, theme.font, 600);
  names.forEach((name, i) => {
    const others = [0, 1, 2].filter((other) => other !== i);
    const ends = (signs, end) => {
      const at = [0, 0, 0];
      others.forEach((axis, o) => (at[axis] = signs[o] ? frame.sizes[axis] - 0.5 : -0.5));
      at[i] = end ? frame.sizes[i] - 0.5 : -0.5;
      return project(frame, at);
    };
    const nearSide = others.map((axis) => (frame.away[axis] ? 0 : 1));
    // Of the outer edges (one of their two faces is in sight): the lowest, or for the upright axis the leftmost.
    const outer = [[nearSide[0], 1 - nearSide[1]], [1 - nearSide[0], nearSide[1]]];
    const rank = (signs) => (i === 1 ? -ends(signs, 0)[0] : ends(signs, 0)[1] + ends(signs, 1)[1]);
    const signs = rank(outer[0]) > rank(outer[1]) ? outer[0] : outer[1];
    const [from, to] = [ends(signs, 0), ends(signs, 1)];
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    if (!name || length < 16) return;
    const along = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
    const mid = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
    let out = [-along[1], along[0]];
    if (out[0] * (mid[0] - frame.middle[0]) + out[1] * (mid[1] - frame.middle[1]) < 0) out = [along[1], -along[0]];
    const shift = ([x, y], by, back = 0) => [x + out[0] * by + along[0] * back, y + out[1] * by + along[1] * back];
    const path = [shift(from, 9), shift(to, 9), shift(to, 13, -6), shift(to, 9), shift(to, 5, -6)];
    pen.to.beginPath();
    path.forEach(([x, y]) => pen.to.lineTo(x * pen.k, y * pen.k));
    pen.to.strokeStyle = theme.muted;
    pen.to.lineWidth = 1.5 * pen.k;
    pen.to.stroke();
    pen.text(name, ...shift(mid, name.length > 3 ? 26 : 21), theme.text, "center");
  });
}

function cubePick(surface, x, y) {
  const frame = frameOf(surface);
  const quads = facesOf(frame);
  let found = -1;
  walk(surface, frame, (entry, c, s, n) => {
    if (!isShell(frame, c, s, n)) return;
    const [left, top] = project(frame, [c, s, n]);
    if (quads.some((quad) => inside(quad, x - left, y - top))) found = entry; // nearer ones come later
  });
  return found;
}

// Is the point on one side of all four edges? A tenth more than drawn, so that gaps do not flicker.
function inside(quad, x, y) {
  const sides = quad.map(([ax, ay], i) => {
    const [bx, by] = quad[(i + 1) % 4];
    return (bx - ax) * (y / 1.1 - ay) - (by - ay) * (x / 1.1 - ax);
  });
  return sides.every((side) => side >= 0) || sides.every((side) => side <= 0);
}

function cubeLocate(surface, entry) {
  const { scene } = surface;
  const frame = frameOf(surface);
  const [x, y] = project(frame, [scene.channelOf[entry], scene.placeOf[entry], scene.sampleOf[entry]]);
  const face = facesOf(frame)[2];
  return { x: x + (face[0][0] + face[2][0]) / 2, y: y + (face[0][1] + face[2][1]) / 2 };
}
