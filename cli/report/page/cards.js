/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* One foldable card per device. Its inside is made when it is opened first: boards have hundreds of devices. */

class Card {
  constructor(device) {
    this.device = device;
    this.views = [];
    this.inside = el("div", { class: "body" });
    this.node = el("details", { class: "device" }, this.summary(), this.inside);
    this.node.addEventListener("toggle", () => this.node.open && this.fill());
  }

  summary() {
    const device = this.device;
    const name = el("span", { class: "name" }, el("b", {}, device.short), ...device.badges.map(badge),
      el("span", { class: "sub" }, device.subtitle));

    return el("summary", {}, el("div", { class: "head" }, name, el("span", { class: "brief" }, device.brief), miniBar(device.spaces[0])));
  }

  fill() {
    if (this.views.length > 0)
      return;
    this.views = this.device.spaces.map((space) => new SpaceView(space));
    this.inside.append(...(this.device.before ? this.device.before() : []), ...this.views.map((view) => view.node),
      ...(this.device.after ? this.device.after() : []));
    this.views.forEach((view) => view.paint());
  }

  /* Opens the card at an address of one of its spaces. */
  show(space, address) {
    this.node.hidden = false;
    this.node.open = true;
    this.fill();
    if (address === null)
      this.node.scrollIntoView({ block: "start" });
    else
      this.views[this.device.spaces.indexOf(space)].show(address);
    if (address === null)
      this.node.firstChild.focus();
  }
}

function badge({ text, kind }) {
  return el("span", { class: "badge " + (kind || "") }, text);
}

function tableOf(caption, heads, rows) {
  return el("div", { class: "scroll" }, el("table", {}, el("caption", { class: "skip" }, caption),
    el("thead", {}, el("tr", {}, ...heads.map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, ...rows.map((cells) => el("tr", {}, ...cells.map((cell) =>
      el("td", { class: /^(0x|id |[0-9])/.test(cell) ? "mono" : cell.length < 16 ? "whole" : null }, cell)))))));
}

function findingNode(finding, withPath) {
  const place = [withPath && finding.path, finding.property && finding.property + (finding.cell === null ? "" : `[${finding.cell}]`)];

  return el("div", { class: "finding " + finding.severity },
    el("p", {}, el("b", {}, finding.text), " ", el("span", { class: "dim" }, finding.id)),
    place.some(Boolean) && el("p", { class: "mono dim" }, place.filter(Boolean).join(": ")),
    finding.effect && el("p", {}, "Linux " + finding.effect), finding.remedy && el("p", { class: "dim" }, finding.remedy));
}
