// SPDX-License-Identifier: Apache-2.0
// Elements of the page. Values from the agent may come from the network, so they become text, never markup.

export const byId = (id) => document.getElementById(id);

// Makes an element with these attributes and children: elements, or strings, which become text.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// These change an element only if they must, so that a selection, a tooltip and a screen reader are left in peace.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
export function setTitle(element, text) {
  if (element.title !== text) element.title = text;
}
export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

// Makes `text` the text of a link in the element.
export function setLink(element, text, address) {
  const link = element.querySelector("a") || element.appendChild(make("a"));
  setText(link, text);
  setAttribute(link, "href", address);
}
