/** Pointing: the agent shows the conversation once, and then, if they like, one message of the customer. */
"use strict";
(() => {
  const aa = (globalThis.agentAssist ??= {});
  const TAG = "agent-assist-picker";
  const STYLE = `
    :host { all: initial; }
    .shield, .frame, .hint { position: fixed; z-index: 2147483647; }
    .shield { inset: 0; cursor: crosshair; }
    .frame, .hint { pointer-events: none; }
    .frame { box-sizing: border-box; border: 2px solid #2f5fd0; border-radius: 4px; background: rgb(47 95 208 / 14%); }
    .hint {
      left: 50%; top: 12px; transform: translateX(-50%); max-width: 92vw; padding: 8px 14px; border-radius: 8px;
      background: #1b2330; color: #ffffff; font: 500 13px/1.45 system-ui, "Segoe UI", sans-serif;
      box-shadow: 0 2px 12px rgb(0 0 0 / 30%); text-align: center;
    }
    .keys { color: #b8c2d6; font-weight: 400; }
    [hidden] { display: none; }`;
  const SHIELDED = ["mousedown", "mouseup", "pointerdown", "pointerup", "dblclick", "contextmenu", "auxclick"];

  function elementAt(x, y, root = document) {
    const element = root.elementFromPoint(x, y);
    return element?.shadowRoot && element.shadowRoot !== root
      ? (elementAt(x, y, element.shadowRoot) ?? element)
      : element;
  }

  class Picker {
    #host = document.createElement(TAG);
    #shield = document.createElement("div");
    #frame = document.createElement("div");
    #hint = document.createElement("div");
    #listening = new AbortController();
    #leaf = null;
    #chain = [];
    #index = 0;
    #around;
    #done;

    constructor() {
      const root = this.#host.attachShadow({ mode: "closed" });
      const style = document.createElement("style");
      style.textContent = STYLE;
      this.#shield.className = "shield";
      this.#frame.className = "frame";
      this.#frame.hidden = true;
      this.#hint.className = "hint";
      this.#hint.setAttribute("role", "alert");
      root.append(style, this.#shield, this.#frame, this.#hint);
      document.documentElement.append(this.#host);
      this.#listen();
    }

    /**
     * Lets the person take an element.
     *
     * @param {string} text what to do.
     * @param {string} keys which keys help.
     * @param {(leaf: Element) => {chain: Element[], likely: number}} around what may be meant by pointing at an
     *   element, from the inside out.
     * @returns {Promise<Element | null>} null where they gave up.
     */
    take(text, keys, around) {
      this.#hint.textContent = `${text} `;
      const help = document.createElement("span");
      help.className = "keys";
      help.textContent = keys;
      this.#hint.append(help);
      this.#around = around;
      this.#leaf = null;
      this.#chain = [];
      this.#draw();
      return new Promise((resolve) => (this.#done = resolve));
    }

    close() {
      this.#listening.abort();
      this.#host.remove();
      this.#done?.(null);
    }

    #listen() {
      const options = { capture: true, signal: this.#listening.signal };
      const stop = (event) => {
        event.preventDefault();
        event.stopImmediatePropagation();
      };
      addEventListener("mousemove", (event) => this.#point(event), options);
      addEventListener("scroll", () => this.#draw(), options);
      addEventListener("keydown", (event) => this.#key(event) && stop(event), options);
      for (const type of SHIELDED) this.#shield.addEventListener(type, stop, options);
      const take = (event) => {
        stop(event);
        if (!event.isTrusted) return;
        this.#point(event);
        if (this.#chain.length) this.#done(this.#chain[this.#index]);
      };
      this.#shield.addEventListener("click", take, options);
    }

    #point({ clientX, clientY }) {
      this.#shield.style.pointerEvents = "none";
      const leaf = elementAt(clientX, clientY);
      // A frame has a picker of its own: the mouse must reach it.
      if (leaf?.localName !== "iframe") this.#shield.style.pointerEvents = "auto";
      if (leaf === this.#leaf) return;
      this.#leaf = leaf;
      const found = leaf && leaf.localName !== "iframe" ? this.#around(leaf) : { chain: [], likely: 0 };
      this.#chain = found.chain;
      this.#index = found.likely;
      this.#draw();
    }

    #key(event) {
      if (event.key === "Escape") this.#done(null);
      else if (event.key === "Enter" && this.#chain.length) this.#done(this.#chain[this.#index]);
      else if (event.key === "ArrowUp") this.#index = Math.min(this.#index + 1, this.#chain.length - 1);
      else if (event.key === "ArrowDown") this.#index = Math.max(this.#index - 1, 0);
      else return false;
      this.#draw();
      return true;
    }

    #draw() {
      const target = this.#chain[this.#index];
      this.#frame.hidden = !target;
      if (!target) return;
      const { left, top, width, height } = target.getBoundingClientRect();
      Object.assign(this.#frame.style, {
        left: `${left}px`,
        top: `${top}px`,
        width: `${width}px`,
        height: `${height}px`,
      });
    }
  }

  let current = null;

  function cancel() {
    current?.close();
    current = null;
  }

  async function point(picker) {
    const area = await picker.take(
      "Point at the conversation and click.",
      "↑ wider · ↓ narrower · Esc gives up",
      aa.guessing.areasAround,
    );
    if (!area) return null;
    const rule = { area: aa.selectors.pathTo(area), item: aa.guessing.itemSelector(area) };
    const items = new aa.reading.Reader(area, rule).elements();
    const around = (leaf) => ({ chain: items.filter((item) => aa.dom.within(item, leaf)), likely: 0 });
    const message =
      items.length > 1 &&
      (await picker.take("Now click one message of the customer.", "Esc: tell the sides by their look", around));
    const mark = message ? aa.speakers.markOf(message, items, area) : null;
    return mark ? { ...rule, customer: mark } : rule;
  }

  /**
   * Lets the agent point at the conversation.
   *
   * @returns {Promise<object | null>} a rule for this site; null where they gave up.
   */
  async function pick() {
    cancel();
    const picker = new Picker();
    current = picker;
    const rule = await point(picker);
    picker.close();
    if (current !== picker) return null;
    current = null;
    return rule;
  }

  aa.picker = { pick, cancel };
})();
