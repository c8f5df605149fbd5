// Colours: read from Streamlit's theme, and the two scales that suit its background.

// Stops from -1 through 0 to +1: blue, neutral, orange. Both ends keep away from the background.
const LIGHT_STOPS = ["#0b3c7d", "#2f74bd", "#94bfe4", "#efefec", "#f7bf86", "#d8701a", "#8a3a04"];
const DARK_STOPS = ["#b4d8ff", "#569fe6", "#2c5c8f", "#30333b", "#7f4d22", "#e08a35", "#ffd3a1"];
// Eight hues that stay apart for colour-blind readers (after Okabe and Ito), grey in place of black.
const HUES = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8ad1c", "#8a8f98"];

const THEMES = new Map(); // made once for all views of a page

function readTheme(root) {
  const style = getComputedStyle(root);
  const read = (name, otherwise) => {
    const value = style.getPropertyValue(name).trim();
    return value && value !== "unset" ? value : otherwise;
  };
  const [primary, font] = [read("--st-primary-color", "#ff4b4b"), read("--st-font", "sans-serif")];
  const [background, text] = [read("--st-background-color", "#ffffff"), read("--st-text-color", "#31333f")];
  const key = [background, text, primary, font].join("|");
  if (THEMES.size > 8) THEMES.clear();
  if (!THEMES.has(key)) THEMES.set(key, makeTheme(rgbOf(background), rgbOf(text), primary, font));
  return THEMES.get(key);
}

function makeTheme(background, text, primary, font) {
  const dark = luminance(background) < luminance(text);
  const theme = {
    dark,
    background: css(background),
    text: css(text),
    muted: css(mix(background, text, 0.72)),
    faint: css(mix(background, text, 0.2)),
    card: css(mix(background, text, 0.03)),
    blank: css(mix(background, text, 0.06)),
    primary,
    veil: `rgba(${background.join(",")},0.74)`,
    font,
    hues: HUES.map(rgbOf),
    hueColors: HUES,
  };
  theme.scale = scaleOf((dark ? DARK_STOPS : LIGHT_STOPS).map(rgbOf));
  theme.colors = theme.scale.map(css);
  theme.ink = theme.scale.map(inkOn);
  theme.hueInk = theme.hues.map(inkOn);
  return theme;
}

function rgbOf(color) {
  const pen = (rgbOf.pen ??= document.createElement("canvas").getContext("2d"));
  pen.fillStyle = color; // the browser reads every notation and gives back #rrggbb or rgba()
  const text = pen.fillStyle;
  if (text[0] === "#") return [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16));
  return text.match(/[\d.]+/g).slice(0, 3).map(Number);
}

function mix(from, to, part) {
  return from.map((value, i) => Math.round(value + (to[i] - value) * part));
}

function css(rgb) {
  return `rgb(${rgb.join(",")})`;
}

function luminance(rgb) {
  const [r, g, b] = rgb.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

// Black or white, whichever reads better on this colour.
function inkOn(rgb) {
  return luminance(rgb) > 0.179 ? "#111418" : "#ffffff";
}

function scaleOf(stops) {
  return Array.from({ length: 257 }, (_, i) => {
    const at = (i / 256) * (stops.length - 1);
    const low = Math.min(Math.floor(at), stops.length - 2);
    return mix(stops[low], stops[low + 1], at - low);
  });
}

// Index into the scale, -1 for what is not a finite number.
function shadeOf(value, extent) {
  if (!Number.isFinite(value)) return -1;
  const part = Math.min(Math.max(value / extent, -1), 1);
  return Math.round((part + 1) * 128);
}

function hueOf(group) {
  return group < 0 ? -1 : group % HUES.length;
}
