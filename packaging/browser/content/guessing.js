/** What a person means by "the conversation" and "a message", where no rule says it. */
"use strict";
(() => {
  const aa = (globalThis.agentAssist ??= {});
  const MESSAGE = new Set("message msg comment bubble entry turn part line post utterance chatitem".split(" "));
  const CHILDREN = ":scope > *";
  const MAX_LOOKED_AT = 3000;
  const KEYED =
    "[data-message-id],[data-messageid],[data-msg-id],[data-comment-id],[data-part-id],[data-event-id]," +
    "[data-item-id],[data-id]";

  const lengthOf = (element) => (element.localName === "style" ? 0 : element.textContent.replace(/\s+/g, "").length);
  const lengthIn = (root) => [...root.children].reduce((sum, each) => sum + lengthOf(each), 0);

  /** How much is written in an element, in its shadow roots too. */
  const sized = (element) =>
    [...aa.dom.shadowRoots(element)].reduce((sum, root) => sum + lengthIn(root), lengthOf(element));

  /** Selectors that may stand for one message, from every element of the area. */
  function candidates(area) {
    const found = new Set();
    for (const element of aa.dom.findAll(area, "*").slice(0, MAX_LOOKED_AT)) {
      const tag = element.localName;
      if (["li", "article"].includes(tag) || tag.includes("-")) found.add(tag);
      if (element.role && ["listitem", "article", "row"].includes(element.role)) found.add(`[role="${element.role}"]`);
      for (const name of aa.words.stableClasses(element)) found.add(`.${name}`);
    }
    return found;
  }

  function scoreOf(selector, area, whole) {
    const items = aa.dom.findAll(area, selector).filter((item) => !aa.words.isAside(item));
    const outer = items.map((item) => item.parentElement?.closest(selector));
    if (!items.length || outer.some((each) => each && area.contains(each))) return 0;
    const coverage = items.reduce((sum, item) => sum + sized(item), 0) / whole;
    if (coverage < 0.6 || coverage > 1.05) return 0;
    const keyed = items.every((item) => item.matches(KEYED)) ? 0.2 : 0;
    const named = aa.words.hasWord(selector, MESSAGE) ? 0.3 : 0;
    const listed = /listitem|article|^li$/.test(selector) ? 0.1 : 0;
    return coverage + keyed + named + listed + Math.min(0.3, items.length / 40);
  }

  /** The element in the area most of whose children have words: its children are taken for messages. */
  function fallback(area) {
    let best = area;
    for (;;) {
      const children = [...(best.shadowRoot ?? best).children].filter((child) => sized(child) > 0);
      if (children.length !== 1) break;
      best = children[0];
    }
    return best === area ? CHILDREN : `${aa.selectors.namesOf(best)[0] ?? best.localName} > *`;
  }

  /** The selector of one message in an area. */
  function itemSelector(area) {
    const whole = sized(area) || 1;
    let best = { selector: fallback(area), score: 0.9 };
    for (const selector of candidates(area)) {
      const score = scoreOf(selector, area, whole);
      if (score > best.score) best = { selector, score };
    }
    return best.selector;
  }

  function scrolls(element) {
    return /auto|scroll|overlay/.test(getComputedStyle(element).overflowY);
  }

  const LIST = /^(log|feed|list)$/;
  const WORDS_OF_ONE = "p,span,br,a,b,i,em,strong,img,td";
  const PART = /^(article|tr|.*-.*)$/;

  /** Whether at least two children look like each other and are more than paragraphs of one message. */
  function repeats(element) {
    const looks = [...element.children].filter((each) => !each.matches(WORDS_OF_ONE) && each.textContent.trim());
    const names = looks.flatMap((each) => [...each.classList, ...(PART.test(each.localName) ? [each.localName] : [])]);
    return new Set(names).size < names.length;
  }

  const listed = (at) => LIST.test(at.role ?? "") || scrolls(at) || /^(ol|ul)$/.test(at.localName);

  /** From what stands under the mouse outwards: all that may be meant, and which of it most likely. */
  function areasAround(element) {
    const chain = [];
    for (let at = element; at && at !== document.documentElement; at = aa.dom.parentOf(at)) {
      if (!(at instanceof HTMLSlotElement)) chain.push(at);
    }
    const inner = chain.filter((at) => at !== document.body);
    const known = inner.findIndex(listed);
    const likely = known >= 0 ? known : inner.findIndex(repeats);
    return { chain, likely: Math.max(0, likely) };
  }

  aa.guessing = { itemSelector, areasAround, scrolls };
})();
