/** The small sign in the page that says what is being done there. */
"use strict";
(() => {
  const aa = (globalThis.agentAssist ??= {});
  const TAG = "agent-assist-sign";
  const STYLE = `
    :host { all: initial; }
    .pill {
      position: fixed; left: 50%; bottom: 10px; transform: translateX(-50%); z-index: 2147483646;
      display: flex; align-items: center; gap: 8px; padding: 5px 6px 5px 12px; white-space: nowrap;
      border-radius: 999px; border: 1px solid #cfd5de; background: #ffffff; color: #1b2330; opacity: .95;
      font: 500 12px/1.4 system-ui, "Segoe UI", sans-serif; box-shadow: 0 2px 10px rgb(0 0 0 / 18%);
    }
    .dot { width: 8px; height: 8px; border-radius: 50%; background: #596273; flex: none; }
    .reading .dot { background: #1c7c4a; } .waiting .dot { background: #8f5a00; }
    button {
      all: unset; cursor: pointer; padding: 2px 9px; border-radius: 999px; font-weight: 600;
      color: #2f5fd0; background: #e9effc;
    }
    button:hover { background: #d9e4fb; } button:focus-visible { outline: 2px solid #2f5fd0; outline-offset: 1px; }
    button[hidden] { display: none; } .pill:has([hidden]) { padding-right: 12px; }
    @media (prefers-color-scheme: dark) {
      .pill { background: #1d2330; color: #e8ebf1; border-color: #39414f; }
      .reading .dot { background: #5fd39a; } .waiting .dot { background: #f0b95a; }
      button { color: #a9c1ff; background: #273456; } button:hover { background: #31416b; }
    }
    @media print { .pill { display: none; } }`;

  class Pill {
    #host = document.createElement(TAG);
    #pill = document.createElement("div");
    #text = document.createElement("span");
    #button = document.createElement("button");

    /** @param {() => void} onClick the agent pauses this site, or goes on. */
    constructor(onClick) {
      // Closed: the page can neither read nor press it.
      const root = this.#host.attachShadow({ mode: "closed" });
      const style = document.createElement("style");
      style.textContent = STYLE;
      const dot = document.createElement("span");
      dot.className = "dot";
      this.#button.type = "button";
      this.#button.addEventListener("click", (event) => event.isTrusted && onClick());
      this.#pill.setAttribute("role", "status");
      this.#pill.append(dot, this.#text, this.#button);
      root.append(style, this.#pill);
    }

    /** @param {"reading" | "paused" | "waiting"} status */
    show(status, text, button = "") {
      this.#pill.className = `pill ${status}`;
      this.#text.textContent = text;
      this.#button.textContent = button;
      this.#button.hidden = button === "";
      if (!this.#host.isConnected) document.documentElement.append(this.#host);
    }

    hide() {
      this.#host.remove();
    }
  }

  aa.pill = { Pill };
})();
