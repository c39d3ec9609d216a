/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* "0x25801000 on 0x1940", "0x1940", "camera": who owns what. */

const MOST_ANSWERS = 12;

function numberOf(word) {
  if (!/^(0x[0-9a-f]{1,16}|[0-9]{1,20})$/i.test(word))
    return null;
  const value = BigInt(word);

  return value <= TOP ? value : null;
}

/* Which of its ids, counted from the first, gives this stream. -1: none. Streams come in rows, and with ignored bits. */
function offsetOf(stream, sid) {
  const { target, length } = stream;

  if (target.sid === null || sid > 0xffffffffn)
    return -1;
  const wanted = Number(sid);
  const counted = ~(target.mask || 0) >>> 0;

  if (!target.mask)
    return wanted >= target.sid && wanted - target.sid < length ? wanted - target.sid : -1;
  for (let i = 0; i < Math.min(length, 65536); i++) {
    if (((target.sid + i) & counted) === (wanted & counted))
      return i;
  }
  return -1;
}

function ownersOf(page, sid) {
  return page.cards.flatMap((card) => (card.device.streams || []).filter((s) => offsetOf(s, sid) >= 0).map((stream) => ({ card, stream })));
}

function functionName(stream, sid) {
  const of = stream.function;

  return typeof of === "string" ? of : "function " + hex(of.id_base + offsetOf(stream, sid));
}

/* What an address is in a space, as a sentence. */
function verdict(space, address) {
  const stretch = stretchAt(stretches(space), address);

  if (!stretch)
    return "it is beyond the aperture: not translated.";
  if (address < 4096n)
    return "it is in the first page, which is never handed out.";
  const why = [...new Set(stretch.items.map((item) => item.label || KINDS[item.kind].text))].join("; ");

  if (stretch.kind === "free")
    return `it is free, in a stretch of ${sizeText(stretch.last - stretch.first + 1n)}: the allocator may hand it out.`;
  return `it is ${why} (${rangeText(stretch)}).`;
}

function answer(text, action) {
  const node = el("div", { class: "answer" }, el("p", {}, text));

  if (action) {
    const button = el("button", { type: "button" }, "Show");

    button.setAttribute("aria-label", "Show: " + text);
    button.addEventListener("click", action);
    node.append(button);
  }
  return node;
}

function answersOnStream(page, address, sid) {
  const owners = ownersOf(page, sid);

  if (!page.hasStreams)
    return [answer("A trace does not tell streams: ask for the address alone.")];
  if (owners.length === 0)
    return [answer(`No device owns stream ${hex(sid)}: the IOMMU aborts what it does and reports it.`)];
  return owners.map(({ card, stream }) => {
    const who = `Stream ${hex(sid)} of ${lastPart(stream.target.iommu)} belongs to ${card.device.name}, ${functionName(stream, sid)}`;

    if (address === null)
      return answer(who + ".", () => card.show(stream.space, null));
    return answer(`${who}. ${hex(address)} there: ${verdict(stream.space, address)}`, () => card.show(stream.space, address));
  });
}

function answersAt(page, address) {
  const found = [];

  for (const card of page.cards) {
    for (const space of card.device.spaces) {
      const stretch = stretchAt(stretches(space), address);

      if (stretch && stretch.items.length > 0)
        found.push(answer(`${card.device.name}, ${space.title.toLowerCase()}: at ${hex(address)} ` + verdict(space, address), () => card.show(space, address)));
    }
  }
  return found;
}

function answersToNumber(page, value) {
  const streams = ownersOf(page, value).length > 0 ? answersOnStream(page, null, value) : [];
  const places = answersAt(page, value);

  if (streams.length + places.length === 0)
    return [answer(`${hex(value)} is nobody's stream, and as an address it is free wherever it can be used at all.`)];
  return [...streams, ...places];
}

function answersToWord(page, word) {
  const cards = page.cards.filter((card) => card.device.text.includes(word));

  if (cards.length === 0)
    return [answer(`No device has “${word}” in its name.`)];
  return cards.map((card) => answer(card.device.subtitle, () => card.show(null, null)));
}

function answersTo(page, query) {
  const words = query.toLowerCase().split(/[\s,@]+/).filter((word) => word && !["on", "stream", "sid", "iova", "who", "owns"].includes(word));
  const numbers = words.map((word) => numberOf(word.replace(/\?$/, "")));

  if (words.length === 0)
    return [];
  if (words.length === 2 && numbers[0] !== null && numbers[1] !== null)
    return answersOnStream(page, numbers[0], numbers[1]);
  if (words.length === 1 && numbers[0] !== null)
    return answersToNumber(page, numbers[0]);
  return answersToWord(page, query.trim().toLowerCase());
}

function listenToSearch(page) {
  const box = document.getElementById("query");
  const place = document.getElementById("answers");
  const run = () => {
    const answers = answersTo(page, box.value);

    place.replaceChildren(...answers.slice(0, MOST_ANSWERS));
    if (answers.length > MOST_ANSWERS)
      place.append(el("p", { class: "dim" }, `and ${answers.length - MOST_ANSWERS} more`));
  };

  document.getElementById("search").addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  box.addEventListener("input", () => box.value === "" && run());
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !(event.target instanceof HTMLInputElement)) {
      event.preventDefault();
      box.focus();
    }
  });
}
