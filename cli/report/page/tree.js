/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The devices of a device tree: members as in docs/json-inspect.md. */

function streamText(target, length) {
  if (target.sid === null)
    return "<" + target.cells.map(hex).join(" ") + ">";
  return hex(target.sid) + (length > 1 ? "–" + hex(target.sid + length - 1) : "") +
    (target.mask ? " mask " + hex(target.mask) : "");
}

function idText(entry) {
  return "id " + hex(entry.id_base) + (entry.length > 1 ? "–" + hex(entry.id_base + entry.length - 1) : "");
}

function ownSpace(master) {
  const aperture = rangeOf(master.aperture);
  const items = master.reserved.map((region) => ({ ...rangeOf(region), kind: region.kind === "direct" ? "direct" : "reserved",
    label: (region.kind === "direct" ? "mapped 1:1 for " : "reserved by ") + lastPart(region.memory) }));

  if (master.usable)
    items.push(...outsideOf(master.usable.map(rangeOf), aperture));
  return spaceOfAperture("Addresses of the device", "", aperture, items);
}

/* Functions inherit nothing but the map and dma-ranges; drivers reserve when they create them. */
function functionSpace(master) {
  return spaceOfAperture("Addresses of each function", "before the driver reserves any",
    rangeOf(master.function_map.aperture), []);
}

function streamsTable(master) {
  const rows = master.streams.map((t) => ["the device itself", streamText(t, 1), t.iommu_type, t.iommu + (t.iommu_available ? "" : " (disabled)")]);

  for (const entry of master.function_map ? master.function_map.entries : [])
    rows.push([idText(entry), streamText(entry, entry.length), entry.iommu_type, entry.iommu + (entry.iommu_available ? "" : " (disabled)")]);
  if (rows.length === 0)
    return [el("p", { class: "dim" }, "No stream: no IOMMU translates what it does.")];
  return [el("h3", {}, "Functions and streams"), tableOf("Functions and streams", ["Function", "Stream", "Read as", "IOMMU"], rows)];
}

function treeBadges(master, findings) {
  const badges = [];
  const worst = findings.some((f) => f.severity === "error") ? "bad" : "warn";

  if (!master.available)
    badges.push({ text: "disabled" });
  if (master.coherent)
    badges.push({ text: "coherent" });
  if (findings.length > 0)
    badges.push({ text: count(findings.length, "finding"), kind: worst });
  return badges;
}

/* For the list: how many functions, which streams. */
function briefOf(master, entries) {
  const streams = master.streams.map((target) => streamText(target, 1));
  const functions = entries.reduce((total, entry) => total + entry.length, 0);

  return [functions > 0 && count(functions, "function id"), streams.slice(0, 2).join(", ") + (streams.length > 2 ? ` and ${streams.length - 2} more` : "")]
    .filter(Boolean).join(" · ");
}

function treeDevice(master, findings) {
  const entries = master.function_map ? master.function_map.entries : [];
  const own = findings.filter((finding) => finding.path === master.path);
  const spaces = [];

  if (entries.length === 0 || master.streams.length > 0 || master.reserved.length > 0 || master.usable)
    spaces.push(ownSpace(master));
  if (entries.length > 0)
    spaces.push(functionSpace(master));
  return {
    name: master.path,
    short: lastPart(master.path),
    subtitle: [master.path, master.compatible[0]].filter(Boolean).join(" · "),
    text: [master.path, ...master.compatible].join(" ").toLowerCase(),
    badges: treeBadges(master, own),
    brief: briefOf(master, entries),
    spaces,
    streams: [
      ...master.streams.map((t) => ({ target: t, length: 1, function: "the device itself", space: spaces[0] })),
      ...entries.map((e) => ({ target: e, length: e.length, function: e, space: spaces[spaces.length - 1] })),
    ],
    interest: master.available * (master.reserved.length + (master.usable ? 4 : 0) + entries.length) + own.length,
    after: () => [...streamsTable(master), ...(own.length > 0 ? [el("h3", {}, "Findings"), ...own.map((f) => findingNode(f, false))] : [])],
  };
}

function treePage(data) {
  const sum = (of) => data.devices.reduce((total, master) => total + of(master), 0);
  const functions = sum((m) => (m.function_map ? m.function_map.entries.length : 0));

  return {
    title: data.model || lastPart(data.file),
    subtitle: [data.model && lastPart(data.file), ...data.compatible].filter(Boolean).join(" · "),
    tiles: [
      tile(data.devices.length, "DMA master"),
      tile(sum((m) => m.streams.length), "stream of devices", "streams of devices"),
      tile(functions, "iommu-map entry", "iommu-map entries"),
      tile(sum((m) => m.reserved.length), "reserved region"),
      tile(data.findings.length, "finding", null, data.findings.some((f) => f.severity === "error") ? "bad" : ""),
    ],
    findings: data.findings,
    hasStreams: true,
    devices: data.devices.map((master) => treeDevice(master, data.findings)),
    groups: ["Devices with functions, reserved addresses or findings", "Other devices"],
    question: "Who owns an address on a stream?",
    hint: "An IOVA and a stream, as in “0x25801000 on 0x1940”; either alone; or a part of a name.",
  };
}
