/** Watches one conversation while it may be read, and tells what it shows. */
"use strict";
(() => {
  const aa = (globalThis.agentAssist ??= {});
  const GATHER_MS = 80;
  const LONGEST_MS = 250;
  /** Pages change the address and the messages one after the other: a new conversation is looked at twice. */
  const SETTLE_MS = 150;
  const OBSERVED = { subtree: true, childList: true, characterData: true, attributes: true };

  /** Whether a view has something of what was sent; nothing overlaps with everything. */
  function overlaps(sent, view) {
    const known = new Set(sent);
    return !sent.length || !view.seen.length || view.seen.some((message) => known.has(aa.frames.markOf(message)));
  }

  class Watch {
    #observer = new MutationObserver((records) => this.#mutated(records));
    #observed = new WeakSet();
    #timer = 0;
    #since = 0;
    #views = [];
    #sent = [];
    #settled = true;
    #box = null;
    #reader;
    #send;
    #alarm;

    /**
     * @param {Element} area
     * @param {object} rule
     * @param {(frame: object) => void} send takes a `window` or `ended` frame.
     * @param {(ms: number) => void} alarm asks to be woken by `wake` after a while, as timers sleep in hidden tabs.
     */
    constructor(area, rule, send, alarm) {
      this.area = area;
      this.rule = rule;
      this.channel = aa.reading.channelOf(rule, area);
      this.messages = 0;
      this.#send = send;
      this.#alarm = alarm;
      this.#reader = new aa.reading.Reader(area, rule);
      this.#observer.observe(area, OBSERVED);
      for (const root of this.#reader.roots.slice(1)) {
        this.#observed.add(root);
        this.#observer.observe(root, OBSERVED);
      }
      this.#soon();
    }

    close() {
      clearTimeout(this.#timer);
      this.#observer.disconnect();
      this.#send({ type: "ended", channel: this.channel });
    }

    /** Whether the page still shows the area. */
    get alive() {
      return this.area.isConnected && aa.dom.isShown(this.area);
    }

    /** Looks for what no change in the area tells of, now and then. */
    look() {
      this.#observe(this.area); // a component may get its shadow root long after it was put there
      if (this.#here() !== this.channel) this.#soon();
    }

    /** The alarm went off. */
    wake() {
      if (this.#since) this.#flush();
    }

    /** Watches the shadow roots in an element too; `subtree` ends at each of them. */
    #observe(element) {
      const fresh = [...aa.dom.shadowRoots(element)].filter((root) => !this.#observed.has(root));
      for (const root of fresh) {
        this.#observed.add(root);
        this.#observer.observe(root, OBSERVED);
      }
      if (!fresh.length) return;
      this.#reader.alsoIn(fresh);
      this.#soon();
    }

    #mutated(records) {
      let recycled = false;
      for (const { type, target, attributeName, addedNodes, removedNodes } of records) {
        this.#reader.changed(target);
        recycled ||= type === "characterData" || removedNodes.length > 0 || /^(data-|id$)/.test(attributeName ?? "");
        // A form's fields can stand in for its methods; what is in it is found by `look`, from the area down.
        for (const node of addedNodes)
          if (node instanceof Element && !(node instanceof HTMLFormElement)) this.#observe(node);
      }
      // Rows that are used again show each message only for a moment: such a view is kept at once.
      if (recycled) this.#keepView();
      this.#soon();
    }

    /** Reads what is shown now, as one with the view before where they overlap. */
    #keepView() {
      if (this.#here() !== this.channel) return;
      const view = this.#reader.read();
      const before = this.#views.at(-1);
      const seen = before ? aa.frames.merged(before.seen, view.seen) : null;
      if (seen) this.#views[this.#views.length - 1] = { seen, whole: view.whole };
      else this.#views.push(view);
    }

    #here() {
      return aa.reading.channelOf(this.rule, this.area);
    }

    #soon(wait = GATHER_MS) {
      const now = performance.now();
      this.#since ||= now;
      clearTimeout(this.#timer);
      const rest = Math.min(wait, this.#since + LONGEST_MS - now);
      // A busy page may never let a timer have its turn.
      if (rest <= 0) return this.#flush();
      this.#timer = setTimeout(() => this.#flush(), rest);
      if (document.hidden) this.#alarm(rest);
    }

    #flush() {
      clearTimeout(this.#timer);
      this.#since = 0;
      if (!this.alive) return;
      const channel = this.#here();
      if (channel === this.channel) {
        this.#keepView();
        if (!this.#continues() && this.#settling()) return;
      } else {
        const view = this.#reader.read();
        if (this.#sent.length && overlaps(this.#sent, view) && this.#settling()) return;
        // Kept under the old address, but nothing of the old conversation in it: it is the new one's already.
        if (this.#continues()) this.#showAll();
        this.#turnTo(channel);
        this.#views = [view];
      }
      this.#settled = true;
      this.#showAll();
    }

    #continues() {
      return this.#views.length === 0 || (this.#views.length === 1 && overlaps(this.#sent, this.#views[0]));
    }

    /** Address and messages do not fit: true the first time, and it looks again a little later. */
    #settling() {
      if (!this.#settled) return false;
      this.#settled = false;
      this.#soon(SETTLE_MS);
      return true;
    }

    #turnTo(channel) {
      this.#send({ type: "ended", channel: this.channel });
      this.channel = channel;
      this.#views = [];
      this.#sent = [];
    }

    #showAll() {
      for (const view of this.#views.splice(0)) this.#show(view);
    }

    #show(view) {
      const windows = aa.frames.windows(this.#sent, view.seen, view.whole);
      this.#sent = view.seen.map(aa.frames.markOf);
      this.messages = view.seen.length;
      const about = aa.reading.aboutOf(this.rule);
      if (!this.#box?.isConnected) this.#box = aa.reply.boxFor(this.area, this.rule);
      for (const { seen, whole } of windows) {
        this.#send({
          type: "window",
          channel: this.channel,
          seen,
          whole,
          title: location.hostname.slice(0, 200),
          ...about,
          can_insert: this.#box !== null,
        });
      }
    }
  }

  aa.watching = { Watch };
})();
