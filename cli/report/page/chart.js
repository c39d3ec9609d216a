/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Fragmentation over time: split of the free space under the kernel and under dmaspace, and below it what is live. */

const CHART = { left: 46, right: 78, top: 10, split: 130, gap: 34, live: 60, bottom: 22 };

class Chart {
  constructor(timeline) {
    this.timeline = timeline;
    this.at = -1;
    this.svg = draw("svg", { tabindex: 0, role: "group", "aria-roledescription": "chart" });
    this.readout = el("p", { class: "readout mono dim", "aria-live": "polite" }, this.hint());
    this.node = el("div", { class: "space" }, el("div", { class: "bar-head" }, el("h3", {}, "Free space outside the largest gap"),
      el("span", { class: "dim" }, "and what is live, over time")), this.svg, this.readout);
    this.svg.addEventListener("keydown", (event) => this.key(event));
    this.svg.addEventListener("pointermove", (event) => this.point(event));
    new ResizeObserver(() => this.paint()).observe(this.node);
  }

  hint() {
    return "Point at the chart, or walk through it with the arrow keys.";
  }

  key(event) {
    const last = this.timeline.length - 1;
    const steps = { ArrowRight: this.at + 1, ArrowLeft: this.at - 1, Home: 0, End: last, PageDown: this.at + 20, PageUp: this.at - 20 };

    if (!(event.key in steps))
      return;
    event.preventDefault();
    this.show(Math.min(Math.max(steps[event.key], 0), last));
  }

  point(event) {
    const box = this.svg.getBoundingClientRect();
    const part = (event.clientX - box.left - CHART.left) / (box.width - CHART.left - CHART.right);

    this.show(Math.min(Math.max(Math.round(part * (this.timeline.length - 1)), 0), this.timeline.length - 1));
  }

  show(index) {
    const m = this.timeline[index];
    const state = (s) => `${(100 * s.split).toFixed(1)} % split, largest gap ${sizeText(s.largest_gap)}`;

    this.at = index;
    this.readout.textContent = `${m.time.toFixed(3)} s: ${sizeText(m.live_bytes)} live in ${count(m.live_ranges, "range")}; ` +
      `kernel ${state(m.kernel)}; dmaspace ${state(m.dmaspace)}`;
    this.paint();
  }

  x(index) {
    return CHART.left + ((this.width - CHART.left - CHART.right) * index) / (this.timeline.length - 1);
  }

  line(of) {
    return this.timeline.map((m, i) => `${i ? "L" : "M"}${this.x(i).toFixed(1)} ${of(m).toFixed(1)}`).join("");
  }

  ySplit(part) {
    return CHART.top + CHART.split * (1 - part / this.most);
  }

  drawGrid() {
    const right = this.width - CHART.right;

    for (let i = 0; i <= 2; i++) {
      const y = this.ySplit((this.most * i) / 2);

      this.svg.append(draw("path", { class: "grid", d: `M${CHART.left} ${y}H${right}` }),
        draw("text", { x: CHART.left - 8, y: y + 4, "text-anchor": "end" }, `${Math.round(50 * this.most * i)} %`));
    }
    const y = this.height - CHART.bottom;
    const end = this.timeline[this.timeline.length - 1].time;

    for (let i = 0; i <= 4; i++) {
      const x = CHART.left + ((right - CHART.left) * i) / 4;

      this.svg.append(draw("path", { class: "tick", d: `M${x} ${y}v4` }),
        draw("text", { x, y: y + 17, "text-anchor": "middle" }, ((end * i) / 4).toFixed(2) + " s"));
    }
  }

  drawLive() {
    const base = this.height - CHART.bottom;
    const most = Math.max(...this.timeline.map((m) => m.live_bytes), 1);
    const line = this.line((m) => base - (CHART.live * m.live_bytes) / most);

    this.svg.append(draw("path", { class: "area", d: `${line}L${this.x(this.timeline.length - 1)} ${base}L${CHART.left} ${base}Z` }),
      draw("text", { x: this.width - CHART.right + 8, y: base - CHART.live + 4 }, sizeText(most)),
      draw("text", { x: this.width - CHART.right + 8, y: base }, "live"));
  }

  drawLines() {
    const last = this.timeline[this.timeline.length - 1];
    const high = this.timeline.reduce((a, b) => (Math.abs(b.kernel.split - b.dmaspace.split) > Math.abs(a.kernel.split - a.dmaspace.split) ? b : a), last);
    const x = this.width - CHART.right + 8;
    const kernelAbove = high.kernel.split >= high.dmaspace.split;

    this.svg.append(draw("path", { class: "line-kernel", d: this.line((m) => this.ySplit(m.kernel.split)) }),
      draw("path", { class: "line-ours", d: this.line((m) => this.ySplit(m.dmaspace.split)) }),
      draw("text", { class: "label-kernel", x, y: CHART.top + (kernelAbove ? 12 : 30) }, "kernel"),
      draw("text", { class: "label-ours", x, y: CHART.top + (kernelAbove ? 30 : 12) }, "dmaspace"));
  }

  drawCross() {
    const m = this.timeline[this.at];
    const x = this.x(this.at);

    this.svg.append(draw("path", { class: "cross", d: `M${x} ${CHART.top}V${this.height - CHART.bottom}` }),
      draw("circle", { class: "dot-kernel", cx: x, cy: this.ySplit(m.kernel.split), r: 4 }),
      draw("circle", { class: "dot-ours", cx: x, cy: this.ySplit(m.dmaspace.split), r: 4 }));
  }

  paint() {
    const splits = this.timeline.flatMap((m) => [m.kernel.split, m.dmaspace.split]);

    this.width = Math.max(this.node.clientWidth, 280);
    this.height = CHART.top + CHART.split + CHART.gap + CHART.live + CHART.bottom;
    this.most = [0.1, 0.2, 0.4, 0.6, 0.8, 1].find((part) => part >= Math.max(...splits)) || 1;
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.svg.setAttribute("height", this.height);
    this.svg.setAttribute("aria-label", `Share of free space outside the largest gap, over ${this.timeline[this.timeline.length - 1].time.toFixed(1)} s: ` +
      `at most ${Math.round(100 * Math.max(...this.timeline.map((m) => m.kernel.split)))} % under the kernel, ` +
      `${Math.round(100 * Math.max(...this.timeline.map((m) => m.dmaspace.split)))} % under dmaspace. Arrow keys walk through time.`);
    this.svg.replaceChildren();
    this.drawGrid();
    this.drawLive();
    this.drawLines();
    if (this.at >= 0)
      this.drawCross();
  }
}
