// Numbers and templates -> the words under the panels and beside the pointer.

function format(value, digits) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "-∞";
  return String(digits ? Number(value.toPrecision(digits)) : value);
}

function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

function say(scene, label, values = {}) {
  return fill(scene.labels[label] ?? label, values);
}

function groupName(scene, group) {
  return scene.groupNames[group] ?? String(group);
}

function groupCount(scene, group) {
  return scene.groupSize[Math.min(group, scene.groupSize.length - 1)];
}

// What the pointer or the keyboard stands on, in one phrase.
function describe(scene, focus) {
  const { entry, group, panel, kind, cell } = focus;
  const name = panel.symbol || panel.name;
  if (kind === "head") return say(scene, "head", { group: groupName(scene, group), count: groupCount(scene, group) });
  const value = format(panel.values[cell], scene.digits);
  if (kind === "row" && group < 0) return say(scene, "alone", { name, index: cell, value });
  if (kind === "row") return say(scene, "statistic", { name: panel.title, group: groupName(scene, group), value });
  if (kind === "table") return say(scene, "alone", { name, index: tableIndex(panel, cell).join(", "), value });
  const columns = panel.shape[1];
  const place = { row: Math.floor(cell / columns), column: cell % columns };
  if (entry < 0) return say(scene, "alone", { name, index: `${place.row}, ${place.column}`, value });
  const index = indexOf(scene, entry).join(", ");
  const own = scene.group[entry]; // another one where a copy is pointed at
  const label = group < 0 ? "alone" : own === group ? "cell" : "source";
  const names = { group: groupName(scene, group), own: own < 0 ? "–" : groupName(scene, own) };
  const phrase = say(scene, label, { name, index, value, ...names });
  return kind === "matrix" ? `${phrase} (${say(scene, "place", place)})` : phrase;
}

function sentenceOf(scene, focus) {
  const { group } = focus;
  if (group < 0) return "";
  const own = focus.entry >= 0 && scene.group[focus.entry] === group;
  const entry = own ? focus.entry : scene.example[group];
  const values = { count: groupCount(scene, group), group: groupName(scene, group) };
  if (entry >= 0) {
    indexOf(scene, entry).forEach((at, i) => (values[scene.axes[i]] = at));
    const size = scene.channelsPerGroup;
    values.g = Math.floor(scene.channelOf[entry] / size);
    values.c0 = values.g * size;
    values.c1 = values.c0 + size - 1;
  }
  return fill(scene.sentence, values);
}

// The formula as [text, is it a number] pairs; empty where it asks for an entry and only a group is pointed at.
function formulaOf(scene, focus) {
  const { entry, group } = focus;
  const parts = [];
  for (const piece of scene.formula.split(/(\{\w+\})/)) {
    const numbers = piece[0] === "{" && scene.numbers[piece.slice(1, -1)];
    if (!numbers) {
      if (piece) parts.push([piece, false]);
      continue;
    }
    const perEntry = numbers.length === scene.count && scene.count > 1;
    if (perEntry && (entry < 0 || scene.group[entry] !== group)) return [];
    const at = numbers.length === 1 ? 0 : perEntry ? entry : group;
    if (!(at in numbers)) return [];
    const text = format(numbers[at], scene.digits);
    const before = parts.length ? parts[parts.length - 1][0].trimEnd() : "";
    // A negative number after an operator stands in brackets.
    const bracket = text[0] === "-" && /[-−+·×/√^]$/.test(before);
    if (bracket) parts.push(["(", false]);
    parts.push([text, true]);
    if (bracket) parts.push([")", false]);
  }
  return parts;
}
