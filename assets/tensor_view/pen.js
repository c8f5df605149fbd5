// A canvas that is drawn in CSS pixels and stays crisp at any device pixel ratio.

const LONGEST = 16384; // device pixels along one side; browsers refuse much more

class Pen {
  constructor(canvas, width, height) {
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    this.k = Math.min(ratio, LONGEST / Math.max(width, height, 1), Math.sqrt(1.6e7 / Math.max(width * height, 1)));
    this.canvas = canvas;
    this.width = width;
    this.height = height;
    canvas.width = Math.round(width * this.k); // also clears
    canvas.height = Math.round(height * this.k);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    this.to = canvas.getContext("2d");
  }

  // Edges snap to device pixels, so neighbours neither overlap nor leave seams.
  box(x, y, width, height) {
    const left = Math.round(x * this.k);
    const top = Math.round(y * this.k);
    return [left, top, Math.round((x + width) * this.k) - left, Math.round((y + height) * this.k) - top];
  }

  rect(x, y, width, height, color) {
    this.to.fillStyle = color;
    this.to.fillRect(...this.box(x, y, width, height));
  }

  clear(x = 0, y = 0, width = this.width, height = this.height) {
    this.to.clearRect(...this.box(x, y, width, height));
  }

  // A frame of the given thickness around the outside of a box.
  ring(x, y, width, height, thick, color) {
    this.rect(x - thick, y - thick, width + 2 * thick, thick, color);
    this.rect(x - thick, y + height, width + 2 * thick, thick, color);
    this.rect(x - thick, y, thick, height, color);
    this.rect(x + width, y, thick, height, color);
  }

  font(size, family, weight = 400) {
    this.to.font = `${weight} ${size * this.k}px ${family}`;
  }

  text(words, x, y, color, align = "left", baseline = "middle") {
    this.to.fillStyle = color;
    this.to.textAlign = align;
    this.to.textBaseline = baseline;
    this.to.fillText(words, x * this.k, y * this.k);
  }

  measure(words) {
    return this.to.measureText(words).width / this.k;
  }

  // The pattern that tells equal hues apart (1 to 3), or marks what is not finite (0); made when first asked for.
  pattern(kind, color) {
    this.patterns ??= new Map();
    const key = `${kind} ${color}`;
    if (!this.patterns.has(key)) this.patterns.set(key, this.makePattern(kind, color));
    return this.patterns.get(key);
  }

  makePattern(kind, color) {
    const tile = document.createElement("canvas");
    const size = Math.max(Math.round(6 * this.k), 4);
    tile.width = tile.height = size;
    const pen = tile.getContext("2d");
    pen.strokeStyle = pen.fillStyle = color;
    pen.lineWidth = Math.max(size / 6, 1);
    pen.beginPath();
    if (kind === 2) pen.arc(size / 2, size / 2, size / 4, 0, 7);
    else if (kind === 3) pen.rect(0, size / 2, size, size / 5);
    else {
      const turn = kind ? -1 : 1; // one diagonal for groups, the other for NaN
      for (const shift of [-size, 0, size]) {
        pen.moveTo(shift + (turn > 0 ? 0 : size), size);
        pen.lineTo(shift + (turn > 0 ? size : 0), 0);
      }
      pen.stroke();
    }
    if (kind > 1) pen.fill();
    return this.to.createPattern(tile, "repeat");
  }
}

// Widest of some words, without a canvas of one's own.
function widest(words, size, family, weight = 400) {
  widest.pen ??= new Pen(document.createElement("canvas"), 1, 1);
  widest.pen.font(size, family, weight);
  return Math.max(0, ...words.map((word) => widest.pen.measure(word)));
}
