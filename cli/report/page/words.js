/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Addresses (BigInt: a double holds 53 bits), sizes, and elements. Text goes into the page as text, never as markup. */

const TOP = (1n << 64n) - 1n;
const SVG = "http://www.w3.org/2000/svg";

function hex(value) {
  return "0x" + BigInt(value).toString(16);
}

function sizeText(bytes) {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
  let value = Number(bytes);
  let unit = 0;

  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return (Number.isInteger(value) || value >= 100 ? value.toFixed(0) : value.toFixed(1)) + " " + units[unit];
}

function plural(number, one, many) {
  return number === 1 ? one : many || one + "s";
}

function count(number, one, many) {
  return number.toLocaleString("en") + " " + plural(number, one, many);
}

/* A number and below it what of. */
function tile(number, one, many, look) {
  return [number, plural(number, one, many), look];
}

function rangeOf(object) {
  return { first: BigInt(object.first), last: BigInt(object.last) };
}

function rangeText(range) {
  return hex(range.first) + " – " + hex(range.last);
}

function add(parent, node) {
  if (node !== null && node !== undefined && node !== false)
    parent.append(node);
}

/* el("p", {class: "dim"}, "text", child...) */
function el(name, attributes, ...children) {
  const node = document.createElement(name);

  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined && value !== false)
      node.setAttribute(key, value);
  }
  children.forEach((child) => add(node, child));
  return node;
}

function draw(name, attributes, ...children) {
  const node = document.createElementNS(SVG, name);

  for (const [key, value] of Object.entries(attributes || {}))
    node.setAttribute(key, value);
  children.forEach((child) => add(node, child));
  return node;
}

/* "/soc@0/iommu@15000000" reads better by its end. */
function lastPart(path) {
  return path.slice(path.lastIndexOf("/") + 1) || path;
}
