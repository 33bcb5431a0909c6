/** The line to Agent Assist on this computer: one native-messaging port, opened only while a page is being read. */

const HOST = "org.agent_assist.host";
const PROTOCOL = 1;
const WAITS_MS = [500, 1000, 2000, 5000, 10000];
const NOT_RUNNING = "Agent Assist is not running on this computer.";
const NOT_SET_UP = "Agent Assist is not set up for this browser. Run “agent-assist hook install” once.";

function browserName() {
  const brands = globalThis.navigator.userAgentData?.brands.map((each) => each.brand) ?? [];
  for (const [brand, name] of [
    ["Microsoft Edge", "Edge"],
    ["Google Chrome", "Chrome"],
    ["Chromium", "Chromium"],
  ]) {
    if (brands.includes(brand)) return name;
  }
  return navigator.userAgent.includes("Firefox/") ? "Firefox" : "Browser";
}

function whyClosed(error) {
  return /not found|forbidden|No such native application/i.test(error ?? "") ? NOT_SET_UP : NOT_RUNNING;
}

export class Link {
  #port = null;
  #timer = 0;
  #tries = 0;
  #wanted = false;
  #onFrame;
  #onState;
  /**
   * `ready`: welcomed; `welcomes`: how often, as each sidebar is shown everything; `paused`: by the sidebar;
   * `problem`: one sentence, "" where all is well.
   */
  state = { ready: false, welcomes: 0, paused: false, problem: "" };

  /**
   * @param {(frame: object) => void} onFrame every frame that is not about the line itself.
   * @param {() => void} onState whenever `state` changed.
   */
  constructor(onFrame, onState) {
    this.#onFrame = onFrame;
    this.#onState = onState;
  }

  /** Opens the line, and again whenever it breaks, until `close`. */
  open() {
    this.#wanted = true;
    if (!this.#port && !this.#timer) this.#connect();
  }

  close() {
    this.#wanted = false;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#tries = 0;
    this.#port?.disconnect();
    this.#port = null;
    this.#set({ ready: false, paused: false, problem: "" });
  }

  /** Sends a frame; drops it where nobody listens or nothing may be sent: on `welcome` pages show all again. */
  send(frame) {
    if (!this.#port || !this.state.ready) return;
    if (this.state.paused && frame.type === "window") return;
    this.#port.postMessage(frame);
  }

  #set(changes) {
    const before = JSON.stringify(this.state);
    this.state = { ...this.state, ...changes };
    if (JSON.stringify(this.state) !== before) this.#onState();
  }

  #connect() {
    const port = chrome.runtime.connectNative(HOST);
    this.#port = port;
    port.onMessage.addListener((frame) => this.#take(frame));
    port.onDisconnect.addListener(() => this.#lost(port));
    port.postMessage({ type: "hello", protocol: PROTOCOL, way: "browser", name: browserName() });
  }

  #lost(port) {
    const error = chrome.runtime.lastError?.message ?? port.error?.message;
    if (this.#port !== port) return;
    this.#port = null;
    this.#set({
      ready: false,
      paused: false,
      problem: this.state.ready ? NOT_RUNNING : this.state.problem || whyClosed(error),
    });
    if (!this.#wanted) return;
    const wait = WAITS_MS[Math.min(this.#tries++, WAITS_MS.length - 1)];
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      if (this.#wanted) this.#connect();
    }, wait);
  }

  #take(frame) {
    if (frame?.type === "welcome") {
      this.#tries = 0;
      this.#set({ ready: true, welcomes: this.state.welcomes + 1, paused: Boolean(frame.paused), problem: "" });
    } else if (frame?.type === "paused") {
      this.#set({ paused: Boolean(frame.paused) });
    } else if (frame?.type === "refused") {
      this.#refused(String(frame.why ?? ""), Boolean(frame.final));
    } else if (frame?.type === "accepted") {
      this.#set({ problem: "" });
    } else {
      this.#onFrame(frame);
    }
  }

  /** The native host stays while the sidebar comes and goes, and says by these words that there is none. */
  #refused(why, final) {
    const gone = final || why.startsWith("Agent Assist is not running");
    this.#set({ ready: this.state.ready && !gone, problem: why });
  }
}
