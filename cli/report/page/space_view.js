/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A space that can be walked through with keys, pointed at and zoomed. */

class SpaceView {
  constructor(space) {
    this.space = space;
    this.list = stretches(space);
    this.broken = this.list.length <= MOST_BROKEN;
    this.view = { first: space.first, last: space.last };
    this.chosen = -1;
    this.svg = draw("svg", { tabindex: 0, role: "group", "aria-roledescription": "address space" });
    this.readout = el("p", { class: "readout mono dim", "aria-live": "polite" }, this.hint());
    this.node = el("div", { class: "space" }, this.head(), this.svg, this.readout, this.list.length > 1 && this.table());
    this.listen();
  }

  hint() {
    return this.list.length > 1 ? "Point at the picture, or walk through it with the arrow keys." : "";
  }

  head() {
    const tool = (text, label, action) => {
      const button = el("button", { type: "button", "aria-label": label + ", " + this.space.title, title: label }, text);

      button.addEventListener("click", action);
      return button;
    };
    this.mode = tool("", "Change between to scale and every stretch", () => this.toggle());
    this.mode.hidden = !this.broken;
    return el("div", { class: "bar-head" }, el("h3", {}, this.space.title),
      this.space.note && el("span", { class: "dim" }, this.space.note),
      this.list.length > 1 && el("span", { class: "tools" }, this.mode, tool("−", "Zoom out", () => this.zoom(2n, 1n)),
        tool("+", "Zoom in", () => this.zoom(1n, 2n)), tool("All", "Show all", () => this.fit())));
  }

  table() {
    const rows = this.list.slice(0, 2000).map((s) => el("tr", {}, el("td", { class: "mono" }, hex(s.first)),
      el("td", { class: "mono" }, hex(s.last)), el("td", { class: "num" }, sizeText(s.last - s.first + 1n)),
      el("td", {}, [...new Set(s.items.map((item) => item.label || KINDS[item.kind].text))].join("; ") || "free")));
    const heads = ["First", "Last", "Size", "What"].map((text) =>
      el("th", { scope: "col", class: text === "Size" ? "num" : null }, text));
    const more = this.list.length - rows.length;

    return el("details", { class: "more" }, el("summary", {}, count(this.list.length, "stretch", "stretches") + " as a table"),
      el("div", { class: "scroll" }, el("table", {}, el("caption", { class: "skip" }, this.space.title),
        el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows))),
      more > 0 && el("p", { class: "dim" }, more + " more are not listed."));
  }

  listen() {
    this.svg.addEventListener("keydown", (event) => this.key(event));
    this.svg.addEventListener("click", (event) => event.target.stretch && this.choose(this.list.indexOf(event.target.stretch)));
    this.svg.addEventListener("dblclick", (event) => event.target.stretch && this.zoomTo(event.target.stretch));
    this.svg.addEventListener("pointerover", (event) => {
      if (event.target.stretch && this.chosen < 0)
        this.readout.textContent = stretchText(event.target.stretch);
    });
    new ResizeObserver(() => this.paint()).observe(this.node);
  }

  key(event) {
    const actions = {
      ArrowRight: () => this.choose(Math.min(this.chosen + 1, this.list.length - 1)),
      ArrowLeft: () => this.choose(Math.max(this.chosen - 1, 0)),
      Home: () => this.choose(0),
      End: () => this.choose(this.list.length - 1),
      "+": () => this.zoom(1n, 2n),
      "-": () => this.zoom(2n, 1n),
      0: () => this.fit(),
      Enter: () => this.chosen >= 0 && this.zoomTo(this.list[this.chosen]),
      Escape: () => this.choose(-1),
    };

    if (!actions[event.key] || event.ctrlKey || event.altKey || event.metaKey)
      return;
    event.preventDefault();
    actions[event.key]();
  }

  choose(index) {
    const stretch = this.list[index];

    this.chosen = index;
    this.readout.textContent = stretch ? stretchText(stretch) : this.hint();
    if (stretch && !this.broken && (stretch.last < this.view.first || stretch.first > this.view.last))
      this.centre(stretch);
    this.paint();
  }

  /* For the search: the stretch that holds the address. */
  show(address) {
    this.choose(this.list.findIndex((s) => s.first <= address && address <= s.last));
    this.node.scrollIntoView({ block: "center" });
    this.svg.focus({ preventScroll: true });
  }

  toggle() {
    this.broken = !this.broken;
    this.paint();
  }

  fit() {
    this.view = { first: this.space.first, last: this.space.last };
    this.paint();
  }

  setView(middle, span) {
    const all = this.space.last - this.space.first + 1n;
    let first;

    span = span < 4096n ? 4096n : span > all ? all : span;
    first = middle - span / 2n;
    if (first < this.space.first)
      first = this.space.first;
    if (first + span - 1n > this.space.last)
      first = this.space.last - span + 1n;
    this.view = { first, last: first + span - 1n };
    this.broken = false;
    this.paint();
  }

  centre(stretch) {
    this.setView((stretch.first + stretch.last) / 2n, this.view.last - this.view.first + 1n);
  }

  zoom(times, over) {
    const chosen = this.list[this.chosen];
    const middle = chosen ? (chosen.first + chosen.last) / 2n : (this.view.first + this.view.last) / 2n;

    this.setView(middle, ((this.view.last - this.view.first + 1n) * times) / over);
  }

  zoomTo(stretch) {
    this.setView((stretch.first + stretch.last) / 2n, (stretch.last - stretch.first + 1n) * 2n);
  }

  label() {
    const used = this.list.filter((s) => s.kind !== "free").length;

    return `${this.space.title}: ${rangeText(this.space)}, ${count(used, "stretch", "stretches")} not free. ` +
      "Arrow keys go from stretch to stretch, plus and minus zoom, 0 shows all.";
  }

  paint() {
    const width = Math.max(this.node.clientWidth, 200);
    const places = this.broken ? brokenLayout(this.list, width) : scaleLayout(this.list, this.view, width);
    const chosen = places.find((place) => place.stretch === this.list[this.chosen]);
    const height = BAR.top + BAR.height + BAR.axis;

    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.setAttribute("height", height);
    this.svg.setAttribute("aria-label", this.label());
    this.mode.textContent = this.broken ? "To scale" : "Every stretch";
    this.svg.replaceChildren();
    drawPlaces(this.svg, places, BAR.height, places.length <= MOST_BROKEN);
    this.svg.append(draw("rect", { class: "frame", x: 0.5, y: BAR.top, width: width - 1, height: BAR.height }));
    if (this.broken)
      drawBreaks(this.svg, places, BAR.height);
    if (chosen)
      this.svg.append(draw("rect", { class: "chosen", x: chosen.x, y: BAR.top - 2, width: Math.max(chosen.width, 3), height: BAR.height + 4 }));
    drawAxis(this.svg, this.broken ? brokenMarks(places, width) : roundMarks(this.view, width), width);
  }
}
