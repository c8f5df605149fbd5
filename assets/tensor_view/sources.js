// Groups, the groups that give them their statistics (their sources), and the cells that show either.

const KEPT = 400; // look-ups that are remembered

function indexMembers(scene) {
  const members = Array.from({ length: scene.groups }, () => []);
  scene.group.forEach((group, entry) => group >= 0 && members[group].push(entry));
  scene.members = members;
  scene.example = Int32Array.from(members, (own) => own[0] ?? -1); // an entry normalized by each group
  scene.fed = new Map();
}

// The groups that give this one its statistics: itself alone where the scene names none.
function sourcesOf({ sources }, group) {
  if (!sources) return [group];
  const [offsets, runs] = sources;
  const found = [];
  for (let run = offsets[group]; run < offsets[group + 1]; run++) {
    for (let id = runs[2 * run]; id < runs[2 * run + 1]; id++) found.push(id);
  }
  return found;
}

// The entries of all sources, ascending.
function fedBy(scene, group) {
  if (!scene.sources) return scene.members[group] ?? [];
  return remember(scene.fed, group, () => {
    const sources = sourcesOf(scene, group);
    return Int32Array.from(sources.flatMap((id) => scene.members[id])).sort();
  });
}

function remember(map, key, make) {
  if (!map.has(key)) {
    if (map.size >= KEPT) map.clear();
    map.set(key, make());
  }
  return map.get(key);
}

// Several cells of a matrix may show one entry: a chain of cells per entry.
function linkEntries(surface) {
  surface.first = new Int32Array(surface.scene.count).fill(-1);
  surface.next = new Int32Array(surface.entry.length).fill(-1);
  for (let cell = surface.entry.length - 1; cell >= 0; cell--) {
    const entry = surface.entry[cell];
    if (entry < 0) continue;
    surface.next[cell] = surface.first[entry];
    surface.first[entry] = cell;
  }
}

function chainOf(surface, entry) {
  const cells = [];
  for (let cell = surface.first[entry]; cell >= 0; cell = surface.next[cell]) cells.push(cell);
  return cells;
}

function isStrip({ kind }) {
  return kind === "row" || kind === "head";
}

function showsEntries(surface) {
  return !isStrip(surface) && surface.kind !== "table";
}

// Cells that show this entry: in its own group's column where it stands there, else wherever it stands.
function cellsOfEntry(surface, entry, group) {
  if (entry < 0 || !showsEntries(surface)) return [];
  if (surface.kind !== "matrix") return [entry];
  const cells = chainOf(surface, entry);
  const own = cells.filter((cell) => surface.grouped && surface.group[cell] === group);
  return own.length || surface.panel.kind === "unfolded" ? own : cells;
}

// Cells of a group's sources, or only those of the group's own entries.
function cellsOfGroup(surface, group, own = false) {
  if (group < 0 || surface.kind === "table") return [];
  const { scene, panel, grouped } = surface;
  const unfolded = panel.kind === "unfolded"; // its column already holds what flows in
  if (isStrip(surface)) {
    const groups = own || surface.unfolded ? [group] : sourcesOf(scene, group);
    return groups.filter((id) => surface.group[id] === id);
  }
  if (unfolded) {
    const cells = columnOf(surface, group);
    return own ? cells.filter((cell) => scene.group[surface.entry[cell]] === group) : cells;
  }
  if (grouped) return (own ? [group] : sourcesOf(scene, group)).flatMap((id) => columnOf(surface, id));
  const entries = own ? scene.members[group] ?? [] : fedBy(scene, group);
  return surface.kind === "matrix" ? Array.from(entries).flatMap((entry) => chainOf(surface, entry)) : entries;
}

function columnOf({ panel, blank, entry }, column) {
  const [rows, columns] = panel.shape;
  if (column >= columns) return [];
  const cells = Array.from({ length: rows }, (_, row) => row * columns + column);
  return blank ? cells.filter((cell) => entry[cell] >= 0) : cells;
}
