/** One page of a site: reads where the agent turned it on, and nothing else. */
"use strict";
(() => {
  const aa = (globalThis.agentAssist ??= {});
  if (aa.page) return; // brought in twice: when the site was turned on, and by the page's own load
  const LOOK_MS = 250;
  /** Every so many looks one that takes a little longer. */
  const LOOK_CLOSER = 4;
  const AGAIN_MS = 500;
  const SITE = `site:${location.origin}`;

  const TEXTS = {
    reading: ["Agent Assist is reading this conversation", "Pause"],
    held: ["Agent Assist is paused on this site", "Resume"],
    paused: ["Paused in Agent Assist: nothing is read", ""],
    waiting: ["Agent Assist is not running: nothing is read", ""],
  };

  class Page {
    #site = { on: false };
    #link = { ready: false, paused: false };
    #port = null;
    #watch = null;
    #pill = new aa.pill.Pill(() => this.#change({ paused: !this.#site.paused }));
    #looking = 0;
    #looks = 0;
    #told = "";

    async start() {
      chrome.storage.onChanged.addListener((changes, store) => {
        if (store === "local" && changes[SITE]) this.#siteIs(changes[SITE].newValue);
      });
      chrome.runtime.onMessage.addListener((message) => this.#fromPopup(message));
      addEventListener("pagehide", () => this.#leave());
      addEventListener("pageshow", (event) => event.persisted && this.#apply());
      this.#siteIs((await chrome.storage.local.get(SITE))[SITE]);
    }

    async #change(changes) {
      await chrome.storage.local.set({ [SITE]: { ...this.#site, ...changes } });
    }

    #siteIs(site = { on: false }) {
      if (JSON.stringify(site.rule) !== JSON.stringify(this.#site.rule)) this.#stopWatch();
      this.#site = site;
      this.#apply();
    }

    /** Does what the site's switch, its pause and the line allow. */
    #apply() {
      if (!this.#site.on) return this.#leave();
      this.#connect();
      this.#looking ||= setInterval(() => this.#look(), LOOK_MS);
      this.#look();
    }

    #leave() {
      clearInterval(this.#looking);
      this.#looking = 0;
      this.#stopWatch();
      this.#pill.hide();
      aa.picker.cancel();
      this.#port?.disconnect();
      this.#port = null;
      this.#link = { ready: false, paused: false };
      this.#told = "";
    }

    #connect() {
      if (this.#port) return;
      const port = chrome.runtime.connect({ name: "page" });
      this.#port = port;
      port.onMessage.addListener((message) => this.#fromBackground(message));
      port.onDisconnect.addListener(() => {
        if (this.#port !== port) return;
        this.#port = null; // nothing can be said through it any more
        this.#leave();
        // The background may have been put to sleep; without an id the extension itself is gone.
        setTimeout(() => chrome.runtime?.id && this.#apply(), AGAIN_MS);
      });
    }

    #fromBackground(message) {
      if (message.kind === "link") {
        if (message.welcomes !== this.#link.welcomes) this.#stopWatch(); // a sidebar that knows nothing yet
        this.#link = message;
        this.#look();
      } else if (message.kind === "wake") {
        this.#watch?.wake();
      } else if (message.kind === "insert") {
        this.#send({ type: "inserted", channel: message.channel, why_not: this.#insert(message) });
      }
    }

    #fromPopup(message) {
      if (message?.kind === "pick" && this.#site.on) this.#pick();
      if (message?.kind === "picking-over") aa.picker.cancel();
    }

    async #pick() {
      const rule = await aa.picker.pick();
      chrome.runtime.sendMessage({ kind: "picking-over" });
      if (rule) await this.#change({ rule, paused: false });
    }

    #rule() {
      return this.#site.rule ?? aa.sites.find((rule) => document.querySelector(rule.when)) ?? null;
    }

    #mayRead() {
      return this.#site.on && !this.#site.paused && this.#link.ready && !this.#link.paused;
    }

    #look() {
      if (!chrome.runtime?.id) return this.#leave();
      const rule = this.#rule();
      const area = this.#watch?.alive ? this.#watch.area : rule && aa.selectors.find(rule.area);
      if (this.#watch && (this.#watch.area !== area || !this.#mayRead())) this.#stopWatch();
      if (this.#watch) this.#closer();
      else if (area && this.#mayRead()) this.#watch = this.#newWatch(area, rule);
      this.#sign(Boolean(area));
    }

    #newWatch(area, rule) {
      const alarm = (ms) => this.#port?.postMessage({ kind: "alarm", ms });
      return new aa.watching.Watch(area, rule, (frame) => this.#send(frame), alarm);
    }

    #closer() {
      this.#looks += 1;
      if (this.#looks % LOOK_CLOSER === 0) this.#watch.look();
    }

    #stopWatch() {
      this.#watch?.close();
      this.#watch = null;
    }

    #send(frame) {
      this.#port?.postMessage({ kind: "frame", frame });
    }

    #insert({ channel, text }) {
      if (this.#site.paused) return "This site is paused in the browser.";
      if (this.#watch?.channel !== channel || !this.#watch.alive) return "The page shows another conversation now.";
      return aa.reply.insert(this.#watch.area, this.#watch.rule, text);
    }

    #sign(found) {
      const held = this.#site.paused
        ? "held"
        : !this.#link.ready
          ? "waiting"
          : this.#link.paused
            ? "paused"
            : "reading";
      const status = !found ? "looking" : held === "held" ? "paused" : held;
      const messages = this.#watch?.messages ?? 0;
      const now = JSON.stringify([held, status, messages]);
      if (now === this.#told) return;
      this.#told = now;
      if (found) this.#pill.show(status, ...TEXTS[held]);
      else this.#pill.hide();
      this.#port?.postMessage({ kind: "status", status, messages });
    }
  }

  aa.page = new Page();
  aa.page.start();
})();
