// The words around the pictures: the line under the panels, the bubble by the pointer, the legend.

function createLine(view) {
  view.lock = element("span", "lock");
  view.readout = element("span", "readout");
  view.sentence = element("div", "sentence");
  view.formula = element("div", "formula");
  view.line = element("div", "line", [element("div", "first", [view.readout, view.lock]), view.sentence, view.formula]);
  view.line.dataset.testid = "tensor-line";
  view.bubble = element("div", "bubble");
  view.bubble.setAttribute("aria-hidden", "true");
  view.status = element("div", "spoken");
  view.status.setAttribute("role", "status");
  view.status.setAttribute("aria-live", "polite");
  view.help = element("div", "help");
  view.help.id = "help";
  view.legend = element("div", "legend");
}

function writeLine(view) {
  if (view.small) return;
  const { scene, focus } = view;
  const shown = view.focus ?? lockedFocus(view);
  view.line.classList.toggle("empty", !shown);
  view.readout.textContent = shown ? describe(scene, shown) : say(scene, "hint");
  view.sentence.textContent = shown ? sentenceOf(scene, shown) : "";
  const parts = shown ? formulaOf(scene, shown) : [];
  view.formula.replaceChildren(...parts.map(([text, number]) => {
    const part = document.createElement(number ? "b" : "span");
    part.textContent = text;
    return part;
  }));
  view.formula.hidden = !scene.formula;
  view.sentence.hidden = !scene.sentence;
  view.lock.hidden = view.locked < 0;
  view.lock.textContent = say(scene, "locked");
  if (view.locked >= 0 && focus && focus.entry !== view.locked) {
    view.lock.textContent += ` [${indexOf(scene, view.locked).join(", ")}]`;
  }
  view.lock.title = say(scene, "unlock");
}

// What a screen reader hears after a key.
function announce(view, lead = "") {
  const shown = view.focus ?? lockedFocus(view);
  const words = shown ? [describe(view.scene, shown), sentenceOf(view.scene, shown)] : [];
  view.status.textContent = [lead, ...words].filter(Boolean).join(". ");
}

function showBubble(view, event) {
  if (view.small) return;
  const { bubble, root, focus } = view;
  if (!focus || !event || event.pointerType === "touch") return hideBubble(view);
  bubble.textContent = describe(view.scene, focus);
  bubble.style.visibility = "visible";
  const frame = root.getBoundingClientRect();
  const x = event.clientX - frame.left;
  const y = event.clientY - frame.top;
  const left = x + 16 + bubble.offsetWidth > frame.width ? Math.max(x - 12 - bubble.offsetWidth, 0) : x + 16;
  const top = y + 20 + bubble.offsetHeight > frame.height ? y - 12 - bubble.offsetHeight : y + 20;
  bubble.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}

function hideBubble(view) {
  if (view.small) return;
  view.bubble.style.visibility = "hidden";
  view.bubble.style.transform = ""; // far out, it would make the page scroll
}

// The scale of colours; what is not finite is named only where it occurs.
function writeLegend(view) {
  const { scene, theme, legend } = view;
  const usesScale = scene.color === "value" || scene.panels.some((panel) => panel.kind === "row");
  const odd = scene.panels.some(({ values, entries }) => {
    return values.some((value, cell) => !Number.isFinite(value) && !(entries && entries[cell] < 0));
  });
  const parts = [];
  if (usesScale) {
    const bar = element("div", "bar");
    bar.style.background = `linear-gradient(to right, ${theme.colors.filter((_, i) => i % 16 === 0).join(",")})`;
    const ends = [-scene.extent, 0, scene.extent].map((value, i) => {
      const end = element("span", `end at${i}`);
      end.textContent = (i === 2 ? "+" : "") + format(value, 3).replace("-", "−");
      return end;
    });
    const name = element("span", "name");
    name.textContent = say(scene, "legend");
    parts.push(name, element("div", "scale", [bar, ...ends]));
  }
  const marks = [
    [odd, "hatched", "nonfinite"],
    [scene.sources, "frame thick", "own"],
    [scene.sources, "frame", "fed"],
    [view.surfaces.some(({ inset }) => inset), "copy", "copy"],
    [scene.drawing === "cube", "", "turn"],
  ];
  for (const [wanted, mark, label] of marks) {
    if (!wanted) continue;
    const name = element("span", "name");
    name.textContent = say(scene, label);
    parts.push(element("span", "pair", mark ? [element("span", mark), name] : [name]));
  }
  legend.replaceChildren(...parts);
}
