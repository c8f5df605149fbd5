// The figures of a scene: captions, boxes that scroll, and the surfaces in them.

// Panels in their figures: a matrix takes along its header strip and the rows that follow, also after a table.
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
    const box = element("div", "box");
    if (panel.kind === "matrix" || panel.kind === "unfolded") {
      matrix = addSurface(view, layoutMatrix(scene, panel, width), box);
      if (matrix.grouped && !view.small) box.append(addSurface(view, layoutStrip("head", panel, matrix), box).layers);
      box.append(matrix.layers);
    } else {
      if (panel.kind === "tensor") matrix = null;
      const layout = panel.kind === "table" ? layoutTable : layoutTensor;
      const surface = addSurface(view, layout(scene, panel, width, theme.font), box);
      if (panel.kind === "table" && !view.small) listenTable(view, surface);
      box.append(surface.layers);
    }
    figures.push(element("figure", "", view.small ? [box] : [captionOf(scene, panel), box]));
  }
  view.panels.replaceChildren(...figures);
  if (view.small) return;
  for (const figure of figures) fitBox(view, figure.lastChild, figure.querySelector(".title").textContent);
}

function captionOf(scene, panel) {
  const caption = element("figcaption", "", [element("span", "title"), element("span", "axes")]);
  caption.firstChild.textContent = panel.title;
  caption.lastChild.textContent = axesOf(scene, panel);
  return caption;
}

function axesOf(scene, panel) {
  const sizes = panel.shape.join(" × ");
  if (panel.kind === "tensor" || panel.kind === "row") return say(scene, "axes", { axes: panel.axes.join(" "), sizes });
  const parts = ["rows", "columns"].map((label, i) => say(scene, label, { axes: panel.axes[i] }));
  if (panel.kind === "table") parts.push(say(scene, "range", { extent: format(rangeOf(panel), 3) }));
  return parts.join(" · ");
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
