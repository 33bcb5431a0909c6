/** A page as the person sees it: through open shadow roots and slots, without what is hidden. */
"use strict";
(() => {
  const aa = (globalThis.agentAssist ??= {});
  const MAX_DEPTH = 300;
  const INLINE = /^(inline|contents|none|ruby)/;

  // Asked of the class: a field named "parentNode" stands in for the property of its form.
  const nodeAbove = Object.getOwnPropertyDescriptor(Node.prototype, "parentNode").get;

  /** The node above, out of a shadow root to its host too. */
  const above = (node) => nodeAbove.call(node) ?? (node instanceof ShadowRoot ? node.host : null);

  /** The element above as a person sees it: through slots and out of shadow roots. */
  function parentOf(element) {
    const node = element.assignedSlot ?? above(element);
    const parent = node instanceof ShadowRoot ? node.host : node;
    return parent instanceof Element ? parent : null;
  }

  /** Whether `inner` is `outer` or stands in it, in whatever shadow root. */
  function within(outer, inner) {
    for (let at = inner; at; at = above(at)) if (at === outer) return true;
    return false;
  }

  /** The shadow roots in a root, in the page's order, with those in them. */
  function* shadowRoots(root) {
    if (root.shadowRoot) {
      yield root.shadowRoot;
      yield* shadowRoots(root.shadowRoot);
    }
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) {
        yield element.shadowRoot;
        yield* shadowRoots(element.shadowRoot);
      }
    }
  }

  /** All that a selector finds in a root and in the shadow roots in it. */
  function findAll(root, selector) {
    const found = [...root.querySelectorAll(selector)];
    for (const shadow of shadowRoots(root)) found.push(...shadow.querySelectorAll(selector));
    return found;
  }

  const findOne = (root, selector) => root.querySelector(selector) ?? findAll(root, selector)[0] ?? null;

  function isShown(element) {
    return element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  }

  function childrenOf(node) {
    if (node.shadowRoot) return node.shadowRoot.childNodes;
    if (node instanceof HTMLSlotElement) {
      const assigned = node.assignedNodes();
      if (assigned.length) return assigned;
    }
    return node.childNodes;
  }

  /** Emoji are often drawn as images; other pictures have no words. */
  function emojiOf(image) {
    const alt = image.getAttribute("alt") ?? "";
    return /\p{Extended_Pictographic}/u.test(alt) && alt.length <= 16 ? alt : "";
  }

  class Writer {
    #parts = [];
    #breaks = 0;

    /** At least so many line ends before the next words. */
    need(breaks) {
      this.#breaks = Math.max(this.#breaks, breaks);
    }

    line() {
      this.#parts.push("\n");
    }

    write(text) {
      if (text.trim() !== "" && this.#breaks) {
        if (this.#parts.length) this.#parts.push("\n".repeat(this.#breaks));
        this.#breaks = 0;
      }
      if (!this.#breaks) this.#parts.push(text);
    }

    toString() {
      return this.#parts
        .join("")
        .replace(/[ \t]*\n[ \t]*/g, "\n")
        .replace(/[ \t]{2,}/g, " ")
        .replace(/\n{3,}/g, "\n\n")
        .trim();
    }
  }

  function visit(node, keep, writer, pre, depth) {
    if (node.nodeType === Node.TEXT_NODE) {
      writer.write(pre ? node.data : node.data.replace(/[ \t\n\r\f]+/g, " "));
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || depth > MAX_DEPTH || !keep(node)) return;
    if (node.localName === "br") return writer.line();
    if (node.localName === "img") return writer.write(emojiOf(node));
    const style = getComputedStyle(node);
    if (style.display === "none" || style.visibility === "hidden") return;
    const breaks = INLINE.test(style.display) ? 0 : node.localName === "p" ? 2 : 1;
    if (breaks) writer.need(breaks);
    const spaces =
      /^(pre|break-spaces)/.test(style.whiteSpaceCollapse ?? style.whiteSpace) || /^pre/.test(style.whiteSpace);
    for (const child of childrenOf(node)) visit(child, keep, writer, spaces, depth + 1);
    if (breaks) writer.need(breaks);
  }

  /**
   * The words of an element with the line breaks that a person sees: as `innerText`, and through shadow roots.
   *
   * @param {(element: Element) => boolean} keep whether an element's words count.
   */
  function plainText(element, keep = () => true) {
    const writer = new Writer();
    visit(element, keep, writer, false, 0);
    return writer.toString();
  }

  aa.dom = { above, parentOf, within, shadowRoots, findAll, findOne, isShown, plainText };
})();
