/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From the data to the page. */

const OPEN_AT_FIRST = 4;

function patterns() {
  const hatch = (id, size, look) => draw("pattern", { id, width: size, height: size, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    draw("path", { class: look, d: `M0 0V${size}` }));
  const dots = draw("pattern", { id: "dots", width: 6, height: 6, patternUnits: "userSpaceOnUse" },
    draw("circle", { class: "dot", cx: 2, cy: 2, r: 1 }));
  const svg = draw("svg", { width: 0, height: 0, "aria-hidden": "true" }, draw("defs", {}, hatch("hatch", 6, "stripe"), hatch("hatch-thin", 9, "stripe thin"), dots));

  svg.style.position = "absolute";
  return svg;
}

function legendItem(kind) {
  return el("li", {}, draw("svg", { viewBox: "0 0 22 13", "aria-hidden": "true" }, draw("rect", { class: "under", width: 22, height: 13 }),
    draw("rect", { class: kind, width: 22, height: 13 }), draw("rect", { class: "frame", width: 22, height: 13 })), KINDS[kind].text);
}

function usedKinds(page) {
  const used = new Set(page.devices.flatMap((device) => device.spaces.flatMap((space) => space.items.map((item) => item.kind))));

  return Object.keys(KINDS).filter((kind) => kind === "free" || used.has(kind));
}

function fillHead(page) {
  document.title = page.title + " – dmaspace report";
  document.getElementById("title").textContent = page.title;
  document.getElementById("subtitle").textContent = page.subtitle;
  document.getElementById("tiles").append(...page.tiles.map(([value, label, look]) => el("div", {}, el("dt", {}, label),
    el("dd", { class: look || null }, typeof value === "number" ? value.toLocaleString("en") : value))));
  document.getElementById("query-label").textContent = page.question;
  document.getElementById("query-hint").textContent = page.hint;
}

function fillFindings(page) {
  const elsewhere = page.findings.filter((finding) => !page.devices.some((device) => device.name === finding.path));

  if (elsewhere.length === 0)
    return;
  document.getElementById("findings").hidden = false;
  document.getElementById("findings-list").append(...elsewhere.map((finding) => findingNode(finding, true)));
}

function fillGroup(title, cards) {
  if (cards.length > 0)
    document.getElementById("devices").append(el("h2", {}, title, " ", el("span", { class: "dim" }, String(cards.length))),
      el("div", { class: "list" }, ...cards.map((card) => card.node)));
}

/* What a reader comes for stands first and is open. */
function fillDevices(page) {
  page.cards = page.devices.map((device) => new Card(device));
  document.getElementById("legend").append(...usedKinds(page).map(legendItem));
  fillGroup(page.groups[0], page.cards.filter((card) => card.device.interest > 0));
  fillGroup(page.groups[1], page.cards.filter((card) => card.device.interest === 0));
  page.cards.filter((card) => card.device.interest > 0).sort((a, b) => b.device.interest - a.device.interest)
    .slice(0, OPEN_AT_FIRST).forEach((card) => { card.node.open = true; });
}

function start() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const page = data.kind === "tree" ? treePage(data) : tracePage(data);

  document.body.append(patterns());
  fillHead(page);
  fillFindings(page);
  fillDevices(page);
  listenToSearch(page);
  document.getElementById("footer").textContent = "Made by " + data.tool + ". This page is complete in itself and loads nothing.";
}

start();
