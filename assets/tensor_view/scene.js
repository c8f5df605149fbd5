// Bytes from Python -> the scene, with the indexes that drawing and hovering need.

function unpack(data) {
  let bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  if (bytes.byteOffset % 8) bytes = bytes.slice();
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const scene = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const start = bytes.byteOffset + 4 + length;
  const floats = ([offset, count]) => new Float64Array(bytes.buffer, start + offset, count);
  const ints = ([offset, count]) => new Int32Array(bytes.buffer, start + offset, count);
  scene.hash = hashOf(bytes);
  scene.group = ints(scene.group);
  scene.groupSize = floats(scene.groupSize);
  scene.sources &&= scene.sources.map(ints);
  for (const name of Object.keys(scene.numbers)) scene.numbers[name] = floats(scene.numbers[name]);
  for (const panel of scene.panels) {
    panel.values = floats(panel.values);
    if (panel.entries) panel.entries = ints(panel.entries);
  }
  scene.count = scene.group.length;
  scene.groups = scene.group.reduce((most, g) => Math.max(most, g + 1), scene.groupNames.length);
  for (const panel of scene.panels) {
    panel.grouped = panel.kind === "unfolded" || (panel.kind === "matrix" && isGrouped(scene, panel));
  }
  indexAxes(scene);
  indexMembers(scene);
  return scene;
}

function hashOf(bytes) {
  let hash = 0x811c9dc5; // FNV-1a
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

// Every entry as (sample, channel, place), places being all other axes flattened in their order.
// Of weights, the outputs take the place of samples and the inputs that of channels.
function indexAxes(scene) {
  const { axes, sizes, count } = scene;
  scene.strides = sizes.map((_, i) => sizes.slice(i + 1).reduce((product, size) => product * size, 1));
  const [n, c] = ["no", "ci"].map((letters) => axes.findIndex((axis) => letters.includes(axis)));
  scene.letters = { sample: axes[n] ?? "", channel: axes[c] ?? "" };
  scene.space = axes.map((_, i) => i).filter((i) => i !== n && i !== c);
  scene.samples = n < 0 ? 1 : sizes[n];
  scene.channels = c < 0 ? 1 : sizes[c];
  scene.places = scene.space.reduce((product, i) => product * sizes[i], 1);
  // A gap is drawn after each run of the last axis, a wider one after each plane of the last two.
  const runs = scene.space.map((i) => sizes[i]);
  scene.run = runs.length > 1 ? runs[runs.length - 1] : scene.places;
  scene.plane = runs.length > 2 ? scene.run * runs[runs.length - 2] : scene.places;
  scene.sampleOf = new Int32Array(count);
  scene.channelOf = new Int32Array(count);
  scene.placeOf = new Int32Array(count);
  scene.entryAt = new Int32Array(count);
  for (let entry = 0; entry < count; entry++) {
    const index = indexOf(scene, entry);
    const sample = n < 0 ? 0 : index[n];
    const channel = c < 0 ? 0 : index[c];
    const place = scene.space.reduce((flat, i) => flat * sizes[i] + index[i], 0);
    scene.sampleOf[entry] = sample;
    scene.channelOf[entry] = channel;
    scene.placeOf[entry] = place;
    scene.entryAt[flatOf(scene, sample, channel, place)] = entry;
  }
}

function indexOf(scene, entry) {
  return scene.sizes.map((size, i) => Math.floor(entry / scene.strides[i]) % size);
}

function flatOf(scene, sample, channel, place) {
  return (sample * scene.channels + channel) * scene.places + place;
}

// Are the matrix's columns the groups: does each hold at least one entry of its own?
function isGrouped({ groups, group }, { shape, entries }) {
  if (shape[1] !== groups) return false;
  const own = new Set();
  entries?.forEach((entry, cell) => entry >= 0 && group[entry] === cell % groups && own.add(cell % groups));
  return !entries || own.size === groups;
}

// The entry reached from `entry` by a step along sample, channel or place, stopping at the border.
function stepFrom(scene, entry, along, delta) {
  const at = { sample: scene.sampleOf[entry], channel: scene.channelOf[entry], place: scene.placeOf[entry] };
  const size = { sample: scene.samples, channel: scene.channels, place: scene.places }[along];
  at[along] = Math.min(Math.max(at[along] + delta, 0), size - 1);
  return scene.entryAt[flatOf(scene, at.sample, at.channel, at.place)];
}
