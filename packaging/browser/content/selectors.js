/** Selectors that still find an element after a reload: ids, roles, data attributes and classes that people named. */
"use strict";
(() => {
  const aa = (globalThis.agentAssist ??= {});
  const STEADY = [
    "data-testid",
    "data-test-id",
    "data-test",
    "data-qa",
    "data-cy",
    "data-role",
    "data-component",
    "role",
    "aria-label",
    "name",
  ];
  const INTO = " >>> ";
  const MAX_UP = 4;

  const quoted = (value) => `"${CSS.escape(value).replace(/\\ /g, " ")}"`;

  /** What names the element by itself, best first. */
  function namesOf(element) {
    const names = [];
    const tag = element.localName;
    const id = element.getAttribute("id");
    if (id && !aa.words.looksGenerated(id)) names.push(`#${CSS.escape(id)}`);
    for (const attribute of STEADY) {
      const value = element.getAttribute(attribute);
      if (value && value.length <= 60 && !/\d{3}/.test(value)) names.push(`${tag}[${attribute}=${quoted(value)}]`);
    }
    const classes = aa.words.stableClasses(element);
    if (classes.length) names.push(`${tag}.${classes.slice(0, 3).join(".")}`);
    names.push(...classes.slice(0, 3).map((name) => `.${name}`));
    if (tag.includes("-") || ["main", "ol"].includes(tag)) names.push(tag);
    return names;
  }

  function position(element) {
    const nth = [...element.parentNode.children].indexOf(element) + 1;
    return `${element.localName}:nth-child(${nth})`;
  }

  const unique = (root, selector) => root.querySelectorAll(selector).length === 1;

  function inRoot(element, root) {
    const names = namesOf(element);
    const alone = names.find((name) => unique(root, name));
    if (alone) return alone;
    const own = names[0] ?? position(element);
    let path = unique(root, own)
      ? own
      : names[0] && element.parentNode.querySelectorAll(`:scope > ${own}`).length === 1
        ? own
        : position(element);
    let at = element.parentElement;
    for (let up = 0; at && up < MAX_UP; at = at.parentElement, up += 1) {
      const anchor = namesOf(at).find((name) => unique(root, `${name} > ${path}`));
      if (anchor) return `${anchor} > ${path}`;
      path = `${position(at)} > ${path}`;
    }
    return path;
  }

  /** A selector of one element from the document down; " >>> " goes into a shadow root. */
  function pathTo(element) {
    const root = element.getRootNode();
    const here = inRoot(element, root);
    return root instanceof ShadowRoot ? pathTo(root.host) + INTO + here : here;
  }

  /** The first shown element of a path, or null; a broken selector finds nothing. */
  function find(path, from = document) {
    const [first, ...rest] = path.split(INTO);
    let all;
    try {
      all = [...from.querySelectorAll(first)];
    } catch {
      return null;
    }
    for (const element of all) {
      if (!rest.length && aa.dom.isShown(element)) return element;
      const inner = rest.length && element.shadowRoot ? find(rest.join(INTO), element.shadowRoot) : null;
      if (inner) return inner;
    }
    return null;
  }

  aa.selectors = { pathTo, find, namesOf };
})();
