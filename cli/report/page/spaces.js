/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * An address space: {title, note, first, last, items}. Items may overlap; stretches() cuts the space into pieces that do
 * not, each with the strongest kind that covers it.
 */

const KINDS = {
  free: { text: "free", strength: 0 },
  window: { text: "left out by a window", strength: 1 },
  reserved: { text: "reserved", strength: 2 },
  direct: { text: "mapped 1:1", strength: 3 },
  mapped: { text: "mapped", strength: 4 },
  "bad-range": { text: "mapped against the rules", strength: 5 },
  outside: { text: "outside the aperture", strength: 6 },
};

function pushStretch(list, first, last, active) {
  const items = active.slice().sort((a, b) => KINDS[b.kind].strength - KINDS[a.kind].strength);
  const kind = items.length > 0 ? items[0].kind : "free";
  const before = list[list.length - 1];

  if (before && before.kind === "free" && kind === "free")
    before.last = last;
  else
    list.push({ first, last, kind, items });
}

function stretches(space) {
  const inside = space.items.filter((item) => item.last >= space.first && item.first <= space.last);
  const edges = new Set([space.first]);
  const starts = inside.slice().sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const list = [];
  let active = [];
  let next = 0;

  for (const item of inside) {
    if (item.first > space.first)
      edges.add(item.first);
    if (item.last < space.last)
      edges.add(item.last + 1n);
  }
  const sorted = [...edges].sort((a, b) => (a < b ? -1 : 1));
  sorted.forEach((first, i) => {
    const last = i + 1 < sorted.length ? sorted[i + 1] - 1n : space.last;

    while (next < starts.length && starts[next].first <= first)
      active.push(starts[next++]);
    active = active.filter((item) => item.last >= first);
    pushStretch(list, first, last, active);
  });
  return list;
}

function stretchAt(list, address) {
  return list.find((s) => s.first <= address && address <= s.last) || null;
}

function stretchText(stretch) {
  const why = stretch.items.map((item) => item.label || KINDS[item.kind].text);

  return rangeText(stretch) + " · " + sizeText(stretch.last - stretch.first + 1n) + " · " +
    (why.length > 0 ? [...new Set(why)].join("; ") : "free");
}

/* What is left of the 64 bits is drawn too, so that every space shows where it ends. */
function spaceOfAperture(title, note, aperture, items) {
  const all = items.slice();

  if (aperture.first > 0n)
    all.push({ first: 0n, last: aperture.first - 1n, kind: "outside", label: "below the aperture" });
  let last = aperture.last;
  for (const item of items) {
    if (item.last > last)
      last = item.last;
  }
  if (last > aperture.last)
    all.push({ first: aperture.last + 1n, last, kind: "outside", label: "above the aperture" });
  return { title, note, first: 0n, last, aperture, items: all };
}

/* iommu-ranges: everything between them is left out. */
function outsideOf(windows, aperture) {
  const sorted = windows.slice().sort((a, b) => (a.first < b.first ? -1 : 1));
  const items = [];
  let next = aperture.first;

  for (const range of sorted) {
    if (range.first > next)
      items.push({ first: next, last: range.first - 1n, kind: "window", label: "not in iommu-ranges" });
    if (range.last >= next)
      next = range.last + 1n;
  }
  if (next <= aperture.last)
    items.push({ first: next, last: aperture.last, kind: "window", label: "not in iommu-ranges" });
  return items;
}
