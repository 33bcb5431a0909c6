/** Puts a reply into the page's reply box. Never sends: it presses no key, clicks nothing and submits nothing. */
"use strict";
(() => {
  const aa = (globalThis.agentAssist ??= {});
  const BOXES =
    "textarea,[contenteditable=''],[contenteditable=true],[contenteditable=plaintext-only]," +
    "input[type=text],input:not([type])";
  const NOT_REPLY = /search|filter|subject|title|e-?mail|phone|tag|password/i;

  function usable(box) {
    if (!aa.dom.isShown(box) || box.disabled || box.readOnly || box.getAttribute("aria-disabled") === "true")
      return false;
    const about = ["type", "role", "name", "id", "placeholder", "aria-label", "autocomplete"]
      .map((name) => box.getAttribute(name) ?? "")
      .join(" ");
    return box.isContentEditable || box.localName === "textarea" || !NOT_REPLY.test(about);
  }

  /** How far a box stands from the bottom of the area; a box above its middle is none. */
  function distance(box, area) {
    const a = area.getBoundingClientRect();
    const b = box.getBoundingClientRect();
    if (b.top < a.top + Math.min(a.height, innerHeight) / 2 && b.bottom < a.bottom) return Infinity;
    const beside = Math.max(0, a.left - b.right, b.left - a.right);
    return Math.abs(b.top - Math.min(a.bottom, innerHeight)) + 4 * beside + (b.width < 120 ? 500 : 0);
  }

  /** The reply box that belongs to an area, or null. */
  function boxFor(area, rule) {
    const ruled = rule.reply ? aa.selectors.find(rule.reply) : null;
    if (ruled && usable(ruled)) return ruled;
    const near = aa.dom
      .findAll(document, BOXES)
      .filter((box) => usable(box) && !aa.dom.within(area, box))
      .map((box) => ({ box, far: distance(box, area) }))
      .filter(({ far }) => far < Infinity)
      .sort((a, b) => a.far - b.far);
    return near[0]?.box ?? null;
  }

  /** Frameworks replace `value` on the element; the one of its class is what the browser itself writes to. */
  function intoField(box, text) {
    const from = box.selectionStart ?? box.value.length;
    const to = box.selectionEnd ?? from;
    const whole = box.value.slice(0, from) + text + box.value.slice(to);
    const kind = box.localName === "textarea" ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(box, whole);
    box.setSelectionRange(from + text.length, from + text.length);
    box.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true, inputType: "insertText", data: text }));
    return box.value.includes(text.replace(/\r\n?/g, "\n")) || (box.localName === "input" && box.value !== "");
  }

  /** Keeps the cursor where it stands in the box; else puts it at the end. */
  function placeCaret(box) {
    const root = box.getRootNode();
    const selection = (root.getSelection ?? document.getSelection).call(root.getSelection ? root : document);
    if (selection.rangeCount && box.contains(selection.getRangeAt(0).commonAncestorContainer)) return;
    selection.selectAllChildren(box);
    selection.collapseToEnd();
  }

  function intoEditable(box, text) {
    placeCaret(box);
    const before = box.textContent.length;
    const data = new InputEvent("beforeinput", {
      bubbles: true,
      composed: true,
      cancelable: true,
      inputType: "insertText",
      data: text,
    });
    // execCommand tells editors by the events that they know, and can be undone; no other call does both.
    if (!document.execCommand("insertText", false, text) && box.dispatchEvent(data)) {
      const range = document.getSelection().getRangeAt(0);
      range.deleteContents();
      range.insertNode(document.createTextNode(text));
      range.collapse(false);
      box.dispatchEvent(
        new InputEvent("input", { bubbles: true, composed: true, inputType: "insertText", data: text }),
      );
    }
    return box.textContent.length > before;
  }

  /**
   * Puts a text into the reply box at the cursor.
   *
   * @returns {string} one sentence why not; "" where the text stands there now.
   */
  function insert(area, rule, text) {
    const box = boxFor(area, rule);
    if (!box) return "No reply box was found on this page.";
    const wasThere = box.getRootNode().activeElement === box;
    box.focus({ preventScroll: false });
    if (!wasThere && box.setSelectionRange) box.setSelectionRange(box.value.length, box.value.length);
    const done = box.isContentEditable ? intoEditable(box, text) : intoField(box, text);
    return done ? "" : "The page did not take the text into its reply box.";
  }

  aa.reply = { boxFor, insert };
})();
