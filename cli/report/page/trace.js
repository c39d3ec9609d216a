/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The devices of a trace, replayed: members as in docs/json-replay.md. */

function ruleItems(device, aperture) {
  const windows = device.rules.filter((rule) => rule.rule === "window").map(rangeOf);
  const items = device.rules.filter((rule) => rule.rule === "reserve")
    .map((rule) => ({ ...rangeOf(rule), kind: "reserved", label: "reserved by the rule " + rangeText(rangeOf(rule)) }));

  if (windows.length > 0)
    items.push(...outsideOf(windows, aperture).map((item) => ({ ...item, label: "outside the windows" })));
  return items;
}

function whoText(row) {
  return `mapped by ${row[4]} (pid ${row[3]})`;
}

function kernelItem(row) {
  const range = { first: BigInt(row[0]), last: BigInt(row[1]) };

  return { ...range, kind: row[5] ? "bad-range" : "mapped", label: whoText(row) + (row[5] ? ", against the rules" : "") };
}

function ourItem(row) {
  const first = BigInt(row[2]);

  return { first, last: first + (BigInt(row[1]) - BigInt(row[0])), kind: "mapped", label: whoText(row) };
}

function traceSpaces(device) {
  const aperture = rangeOf(device.aperture);
  const rules = ruleItems(device, aperture);
  const at = `at the peak, ${device.load.peak_time.toFixed(3)} s`;

  return [
    spaceOfAperture("Under the kernel", at, aperture, [...rules, ...device.peak.map(kernelItem)]),
    spaceOfAperture("Under dmaspace, with the rules", at, aperture, [...rules, ...device.peak.filter((row) => row[2] !== null).map(ourItem)]),
  ];
}

function sessionText(sessions) {
  return (sessions.more_is_bound ? "at least " : "") + sessions.more.toLocaleString("en");
}

function fact(value, label, look) {
  return el("div", {}, el("b", { class: look || null }, value), el("span", {}, label));
}

function traceFacts(device) {
  const { load, fit, sessions } = device;
  const troubles = load.unmatched + load.displaced;

  return el("div", { class: "facts" },
    fact(device.violations.toLocaleString("en"), `of ${count(load.maps, "range")} that the kernel gave break the rules`, device.violations ? "bad" : "good"),
    fact(fit.misfits === 0 ? "fits" : fit.misfits.toLocaleString("en"), fit.misfits === 0 ? "under the rules, as dmaspace places it" : "ranges do not fit under the rules", fit.misfits ? "bad" : "good"),
    fact(sizeText(load.peak_bytes), `at the peak, in ${count(load.peak_ranges, "range")}`),
    fact(sessionText(sessions), `more sessions of ${sizeText(sessions.session_bytes)} in ${count(sessions.session_ranges, "range")} fit; ` +
      `at the peak there are ${count(sessions.tasks, "task")}`),
    troubles > 0 && fact(troubles.toLocaleString("en"), "maps or unmaps without their counterpart"));
}

function violationsTable(device) {
  const rows = device.violation_list.map((v) => [v.time.toFixed(6) + " s", hex(v.first), hex(v.last), sizeText(BigInt(v.last) - BigInt(v.first) + 1n),
    v.task + "-" + v.pid, v.call, v.rule === "window" ? "outside the windows" : rangeText(rangeOf(v.rule_range))]);
  const more = device.violations - rows.length;

  if (rows.length === 0)
    return [];
  return [el("details", { class: "more" }, el("summary", {}, count(device.violations, "violation") + " as a table"),
    tableOf("Violations", ["Time", "First", "Last", "Size", "Task", "Call", "Rule"], rows),
    more > 0 && el("p", { class: "dim" }, more + " more are not listed (--limit)."))];
}

function traceBadges(device) {
  const badges = [];

  if (!device.translated)
    badges.push({ text: "addresses look physical" });
  if (device.violations > 0)
    badges.push({ text: count(device.violations, "violation"), kind: "bad" });
  if (device.fit.misfits > 0)
    badges.push({ text: "does not fit", kind: "bad" });
  return badges;
}

function traceDevice(device) {
  return {
    name: device.device,
    short: device.device,
    subtitle: device.device === "unnamed" ? "mappings that no dma event names" : `${count(device.load.maps, "range")}, peak ${sizeText(device.load.peak_bytes)}`,
    text: device.device.toLowerCase(),
    badges: traceBadges(device),
    brief: "",
    spaces: traceSpaces(device),
    interest: 1 + device.violations + device.load.maps,
    before: () => {
      const chart = new Chart(device.timeline);

      return [traceFacts(device), ...violationsTable(device), chart.node];
    },
  };
}

function tracePage(data) {
  const sum = (of) => data.devices.reduce((total, device) => total + of(device), 0);
  const violations = sum((d) => d.violations);
  const misfits = sum((d) => d.fit.misfits);
  const rules = `${data.policy}, granule ${sizeText(data.granule)}, aligned to ${data.align}`;

  return {
    title: lastPart(data.file),
    subtitle: `${count(data.trace.events, "DMA event")} in ${data.seconds.toFixed(2)} s · replayed ${rules}`,
    tiles: [
      tile(data.devices.length, "device"),
      tile(sum((d) => d.load.maps), "range mapped", "ranges mapped"),
      tile(violations, "violation", null, violations ? "bad" : "good"),
      tile(misfits, "that does not fit", "that do not fit", misfits ? "bad" : "good"),
      ...(data.trace.lost_places ? [tile(data.trace.lost, "event lost", "events lost", "bad")] : []),
      ...(data.trace.garbage ? [tile(data.trace.garbage, "line of garbage", "lines of garbage")] : []),
    ],
    findings: [],
    devices: data.devices.map(traceDevice),
    groups: ["Devices", "Other devices"],
    question: "What is at an address?",
    hint: "An IOVA, as in “0x25801000”, answered for the peak of each device; or a part of a device's name.",
  };
}
