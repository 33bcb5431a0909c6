/** Which messages to send: what changed with a few before it, in pieces that the line takes. Pure, no page. */
"use strict";
(() => {
  const aa = (globalThis.agentAssist ??= {});
  const AROUND = 8;
  const MAX_SEEN = 400;
  const MAX_BYTES = 900_000;
  const encoder = new TextEncoder();

  const marks = new WeakMap();

  /** What tells a message from others and from itself after a change. */
  function markOf(message) {
    if (!marks.has(message)) marks.set(message, writeMark(message));
    return marks.get(message);
  }

  const writeMark = (message) =>
    JSON.stringify([
      message.key ?? null,
      message.text,
      message.speaker ?? null,
      message.name ?? null,
      message.at ?? null,
    ]);

  /** Bytes in a frame; the browser writes "<" as six. */
  function sizeOf(message) {
    const json = JSON.stringify(message);
    return encoder.encode(json).length + 5 * (json.split("<").length - 1) + 1;
  }

  function sameFrom(a, b, at) {
    for (let i = 0; i + at < a.length && i < b.length; i += 1) if (a[at + i] !== b[i]) return false;
    return true;
  }

  /** How far `b` must be moved along `a` so that they agree where they overlap, or -1. */
  function shiftOf(a, b) {
    for (let at = 0; at < a.length; at += 1) if (sameFrom(a, b, at)) return at;
    return -1;
  }

  /**
   * Two views of the same list, one a little later, as one: rows that were used again meanwhile are kept.
   *
   * @returns {object[] | null} null where they do not overlap.
   */
  function merged(before, after) {
    const a = before.map(markOf);
    const b = after.map(markOf);
    // Most stands where it stood: the list was changed in place, and counts as it is now.
    if (after.length >= before.length && b.filter((mark, i) => mark === a[i]).length * 2 > a.length) return after;
    const down = shiftOf(a, b);
    if (down >= 0) return before.slice(0, down).concat(after, before.slice(down + after.length));
    const up = shiftOf(b, a);
    return up >= 0 ? after.slice(0, up).concat(before, after.slice(up + before.length)) : null;
  }

  /** The part of `now` that differs from what was sent, with `AROUND` messages on either side; null: nothing does. */
  function difference(sent, now) {
    const current = now.map(markOf);
    let first = 0;
    while (first < current.length && first < sent.length && current[first] === sent[first]) first += 1;
    if (first === current.length && first === sent.length) return null;
    let same = 0;
    while (same < Math.min(current.length, sent.length) - first && current.at(-1 - same) === sent.at(-1 - same))
      same += 1;
    const from = Math.max(0, first - AROUND);
    return {
      from,
      to: Math.min(now.length, now.length - same + AROUND),
      known: first > 0 ? "before" : same > 0 ? "after" : "none",
    };
  }

  /** Pieces of at most `MAX_SEEN` messages and `MAX_BYTES`, each beginning with the last few of the one before it. */
  function pieces(messages) {
    const sizes = messages.map(sizeOf);
    const all = [];
    let from = 0;
    while (from < messages.length) {
      let to = from;
      let bytes = 0;
      while (to < messages.length && to - from < MAX_SEEN && (to === from || bytes + sizes[to] <= MAX_BYTES))
        bytes += sizes[to++];
      all.push([from, to]);
      if (to === messages.length) break;
      from = Math.max(from + 1, to - AROUND);
    }
    return all;
  }

  /**
   * The windows to send.
   *
   * @param {string[]} sent marks of what was sent last.
   * @param {object[]} now messages as they stand.
   * @param {boolean} whole whether nothing stands before the first.
   * @returns {{seen: object[], whole: boolean}[]} each overlaps with what the sidebar knows when it comes.
   */
  function windows(sent, now, whole) {
    const part = difference(sent, now);
    if (!part) return [];
    const messages = now.slice(part.from, part.to);
    const all = pieces(messages).map(([from, to]) => ({
      seen: messages.slice(from, to),
      whole: whole && part.from + from === 0,
    }));
    return part.known === "after" ? all.reverse() : all;
  }

  aa.frames = { windows, merged, markOf };
})();
