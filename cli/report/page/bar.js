/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The picture of one space. "Every stretch" gives each one room by the logarithm of its size, so that 4 KiB and 256 TiB
 * can both be seen, with a break where the scale jumps; "to scale" is linear and can be zoomed.
 */

const BAR = { height: 38, top: 6, axis: 20 };
const MOST_BROKEN = 48; /* stretches that the logarithmic picture has room for */

function log2(big) {
  const bits = big.toString(2).length;

  return bits < 50 ? Math.log2(Number(big)) : bits - 50 + Math.log2(Number(big >> BigInt(bits - 50)));
}

/* Positions of every stretch, x and width, by the logarithm of its size. */
function brokenLayout(list, width) {
  const weights = list.map((s) => 3 + Math.max(0, log2((s.last - s.first + 1n) / 4096n + 1n)));
  const sum = weights.reduce((a, b) => a + b, 0);
  let x = 0;

  return list.map((stretch, i) => {
    const place = { stretch, x, width: (width * weights[i]) / sum };

    x += place.width;
    return place;
  });
}

function scaled(view, address, width) {
  const span = view.last - view.first + 1n;

  return Number(((address - view.first) * 1000000n) / span) / 1000000 * width;
}

/* Positions of the stretches in view; what is narrower than a pixel is drawn a pixel wide, once for each pixel. */
function scaleLayout(list, view, width) {
  const places = [];
  let column = -1;

  for (const stretch of list) {
    if (stretch.last < view.first || stretch.first > view.last)
      continue;
    const x = stretch.first <= view.first ? 0 : scaled(view, stretch.first, width);
    const end = stretch.last >= view.last ? width : scaled(view, stretch.last + 1n, width);
    const narrow = end - x < 1;

    if (narrow && stretch.kind === "free")
      continue;
    if (narrow && Math.floor(x) === column && places[places.length - 1].stretch.kind === stretch.kind)
      continue;
    column = narrow ? Math.floor(x) : -1;
    places.push({ stretch, x, width: Math.max(end - x, 1) });
  }
  return places;
}

/* Left to right, each label only where it does not run into the one before; the last one has its place for sure. */
function axisLabels(marks, width) {
  const size = (mark) => mark.text.length * 6.8 + 12;
  const at = (mark) => Math.min(Math.max(mark.x, size(mark) / 2 - 6), width - size(mark) / 2 + 6);
  const shown = [];
  let free = -20;

  marks.forEach((mark, i) => {
    const x = at(mark);
    const isLast = i === marks.length - 1;

    while (isLast && shown.length > 0 && shown[shown.length - 1].end > x - size(mark) / 2)
      shown.pop();
    if (!isLast && x - size(mark) / 2 < free)
      return;
    free = x + size(mark) / 2;
    shown.push({ mark, x, end: free });
  });
  return shown;
}

function drawAxis(svg, marks, width) {
  const y = BAR.top + BAR.height;

  for (const { mark, x } of axisLabels(marks, width)) {
    svg.append(draw("path", { class: "tick", d: `M${mark.x} ${y} v5` }),
      draw("text", { x, y: y + 16, "text-anchor": "middle" }, mark.text));
  }
}

/* Marks at round addresses. */
function roundMarks(view, width) {
  const span = view.last - view.first + 1n;
  let step = 1n;
  const marks = [];

  while (step * BigInt(Math.max(2, Math.floor(width / 130))) < span)
    step *= 2n;
  for (let at = ((view.first + step - 1n) / step) * step; at <= view.last; at += step)
    marks.push({ x: scaled(view, at, width), text: hex(at) });
  marks.push({ x: width, text: hex(view.last) });
  return marks;
}

function brokenMarks(places, width) {
  const marks = places.map((place) => ({ x: place.x, text: hex(place.stretch.first) }));

  marks.push({ x: width, text: hex(places[places.length - 1].stretch.last) });
  return marks;
}

/* What a stretch is, inside it, if there is room. */
function labelOf(stretch, width) {
  const size = sizeText(stretch.last - stretch.first + 1n);
  const texts = [`${size} ${KINDS[stretch.kind].text}`, `${size} ${stretch.kind}`, size];

  return texts.find((text) => text.length * 6.7 + 20 < width) || "";
}

function drawPlaces(svg, places, height, labelled) {
  for (const { stretch, x, width } of places) {
    const box = { x: x.toFixed(2), y: BAR.top, width: width.toFixed(2), height };

    if (stretch.kind !== "free" && stretch.kind !== "mapped")
      svg.append(draw("rect", { class: "under", ...box }));
    const rect = draw("rect", { class: stretch.kind, ...box }, draw("title", {}, stretchText(stretch)));
    rect.stretch = stretch;
    svg.append(rect);
    if (x > 0 && width > 4)
      svg.append(draw("path", { class: "edge", d: `M${x.toFixed(2)} ${BAR.top}v${height}` }));
    if (labelled)
      svg.append(draw("text", { class: "inside in-" + stretch.kind, x: x + 10, y: BAR.top + height / 2 + 4 }, labelOf(stretch, width)));
  }
}

/* Two short waves at the end of what is drawn shorter than the scale of small stretches would have it. */
function drawBreaks(svg, places, height) {
  for (const { stretch, x, width } of places) {
    if (places.length === 1 || width < 60 || log2(stretch.last - stretch.first + 1n) < 24)
      continue;
    const at = x + width - 16;
    const wave = (dx) => `M${at + dx} ${BAR.top - 3} l5 ${height / 2 + 3} l-5 0 l5 ${height / 2 + 3}`;

    svg.append(draw("path", { class: "break", d: wave(-2) }), draw("path", { class: "break-line", d: wave(-4.5) }),
      draw("path", { class: "break-line", d: wave(0.5) }));
  }
}

function miniBar(space) {
  const svg = draw("svg", { class: "mini", viewBox: "0 0 300 12", height: 12, preserveAspectRatio: "none", "aria-hidden": "true" });
  const list = stretches(space);
  const places = list.length > MOST_BROKEN ? scaleLayout(list, space, 300) : brokenLayout(list, 300);

  for (const { stretch, x, width } of places) {
    svg.append(draw("rect", { class: "under", x, y: 0, width, height: 12 }),
      draw("rect", { class: stretch.kind, x, y: 0, width, height: 12 }));
  }
  svg.append(draw("rect", { class: "frame", x: 0, y: 0, width: 300, height: 12, "vector-effect": "non-scaling-stroke" }));
  return svg;
}
