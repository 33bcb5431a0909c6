/** Who wrote a message, by what the agent marked, else by words in the markup, else by the side it stands on. */
"use strict";
(() => {
  const aa = (globalThis.agentAssist ??= {});
  const { CUSTOMER, AGENT, BOT, SYSTEM } = aa.words;
  const TELLING = new RegExp(
    "^(data-.*(author|sender|from|actor|direction|role|side|speaker|type|kind|party)|" +
      "(actor|author|sender).*|direction|from|side|speaker)$",
  );
  const NOT_ABOUT = /(-id|-name|-time|-at)$/;
  const SAME_PX = 14;

  function speakerIn(text, extra = new Set()) {
    const words = aa.words.wordsOf(text);
    const has = (set) => words.some((word) => set.has(word));
    if (has(BOT)) return "bot";
    const customer = has(CUSTOMER) || words.some((word) => extra.has(word));
    const agent = has(AGENT);
    if (customer !== agent) return customer ? "customer" : "agent";
    return !customer && has(SYSTEM) ? "system" : null;
  }

  const USER = new Set(["user"]);

  /** By attributes that name the writer, then by class names, then by what is read aloud. */
  function ofElement(element, own = false) {
    for (const { name, value } of element.attributes) {
      if (!TELLING.test(name) || NOT_ABOUT.test(name) || value.length > 40) continue;
      const speaker = speakerIn(value, USER);
      if (speaker) return speaker;
    }
    const label = element.getAttribute("aria-label") ?? "";
    return (
      speakerIn(aa.words.classText(element), own ? USER : undefined) ?? (label.length <= 80 ? speakerIn(label) : null)
    );
  }

  function byWords(item, area) {
    const own = ofElement(item, true);
    if (own) return own;
    for (const inner of aa.dom.findAll(item, ":not(form)").slice(0, 12)) {
      const speaker = ofElement(inner);
      if (speaker) return speaker;
    }
    for (let up = aa.dom.parentOf(item); up && up !== area; up = aa.dom.parentOf(up)) {
      const speaker = ofElement(up);
      if (speaker) return speaker;
    }
    return null;
  }

  /** How far the words of a message stand from both edges of the area. */
  function gapsOf(item, box) {
    let left = Infinity;
    let right = -Infinity;
    for (const root of [item, ...aa.dom.shadowRoots(item)]) {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!node.data.trim()) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const rect = range.getBoundingClientRect();
        if (!rect.width) continue;
        left = Math.min(left, rect.left - box.left);
        right = Math.max(right, rect.right);
      }
    }
    return { left, right: box.right - right };
  }

  /** "start" or "end" for each message; null for all where they do not stand on two sides. */
  function sidesOf(items, area) {
    const box = area.getBoundingClientRect();
    const gaps = items.map((item) => gapsOf(item, box));
    const start = Math.min(...gaps.map((gap) => gap.left));
    const end = Math.min(...gaps.map((gap) => gap.right));
    const sides = gaps.map((gap) => {
      if (gap.left - start <= SAME_PX) return "start";
      return gap.right - end <= SAME_PX || gap.left > gap.right ? "end" : null;
    });
    const two = sides.includes("start") && sides.includes("end");
    const mirrored = getComputedStyle(area).direction === "rtl";
    return sides.map((side) => (!two || !side ? null : mirrored ? (side === "start" ? "end" : "start") : side));
  }

  /** What tells one message from others: attributes and classes of it and of what is in it. */
  function featuresOf(item) {
    const features = new Set();
    for (const element of [item, ...aa.dom.findAll(item, ":not(form)").slice(0, 12)]) {
      for (const { name, value } of element.attributes) {
        if (TELLING.test(name) && !NOT_ABOUT.test(name) && value.length <= 40)
          features.add(`[${name}=${JSON.stringify(value)}]`);
      }
      for (const name of aa.words.stableClasses(element)) features.add(`.${name}`);
    }
    return features;
  }

  /**
   * What marks the customer's messages, from one that the agent pointed at.
   *
   * @returns {{feature: string} | {side: string} | null} null where it looks like all others.
   */
  function markOf(item, items, area) {
    const others = items.filter((other) => other !== item).map(featuresOf);
    const telling = [...featuresOf(item)].filter((feature) => others.some((other) => !other.has(feature)));
    const rank = (feature) => (speakerIn(feature, USER) === "customer" ? 0 : feature.startsWith("[") ? 1 : 2);
    const share = (feature) => others.filter((other) => other.has(feature)).length;
    telling.sort((a, b) => rank(a) - rank(b) || share(b) - share(a));
    if (telling.length) return { feature: telling[0] };
    const side = sidesOf(items, area)[items.indexOf(item)];
    return side ? { side } : null;
  }

  /** The speakers of all messages, in their order; null where nothing tells. */
  function speakersOf(items, area, mark, remembered) {
    const words = items.map((item) => {
      if (!remembered.has(item))
        remembered.set(item, { word: byWords(item, area), features: mark?.feature ? featuresOf(item) : null });
      return remembered.get(item);
    });
    const aside = (word) => (word === "bot" || word === "system" ? word : null);
    if (mark?.feature)
      return words.map((each) => aside(each.word) ?? (each.features?.has(mark.feature) ? "customer" : "agent"));
    if (!mark?.side && words.every((each) => each.word)) return words.map((each) => each.word);
    const sides = sidesOf(items, area);
    const customer = mark?.side ?? "start";
    const bySide = (side) => (side === null ? null : side === customer ? "customer" : "agent");
    if (mark?.side) return words.map((each, i) => aside(each.word) ?? bySide(sides[i]));
    // Some messages have telling words: where most have none, the others' sides count.
    return words.map((each, i) => each.word ?? bySide(sides[i]));
  }

  aa.speakers = { speakersOf, markOf };
})();
