/** What the three desks have in common: a conversation that survives a reload, and a way for a test to change it. */
"use strict";

class Desk {
  /**
   * @param {string} name of the page, for what is kept.
   * @param {object[]} first messages: {who, name, text}.
   * @param {(desk: Desk, change: object) => void} draw brings the page up to date.
   */
  constructor(name, first, draw) {
    this.name = name;
    this.draw = draw;
    const kept = sessionStorage.getItem(name + location.search);
    this.messages = kept
      ? JSON.parse(kept)
      : first.map((each, i) => ({ id: String(1001 + i), at: Date.now() - 3600000 + 60000 * i, ...each }));
    this.next = 1001 + this.messages.length;
    this.counts = { submit: 0, click: 0, enter: 0, input: 0 };
    const ours = (event) => event.target.localName?.startsWith("agent-assist");
    for (const type of ["submit", "click"])
      addEventListener(type, (event) => !ours(event) && (this.counts[type] += 1), true);
    addEventListener("submit", (event) => event.preventDefault());
    addEventListener("keydown", (event) => event.key === "Enter" && (this.counts.enter += 1), true);
    addEventListener("input", () => (this.counts.input += 1), true);
  }

  changed(change) {
    sessionStorage.setItem(this.name + location.search, JSON.stringify(this.messages));
    this.draw(this, change);
  }

  make(who, text, extra = {}) {
    const name = who === "customer" ? this.messages.find((each) => each.who === "customer")?.name : "Priya";
    return { id: String(this.next++), who, name, text, at: Date.now(), ...extra };
  }

  add(who, text) {
    this.messages.push(this.make(who, text));
    this.changed({ kind: "add" });
  }

  /** A message with the moment of its appearance in it, in seconds. */
  addStamped(who, text) {
    this.add(who, `${text} @${(Date.now() / 1000).toFixed(4)}`);
  }

  /** As many messages as told, spread evenly over so many milliseconds. */
  burst(count, ms) {
    for (let i = 0; i < count; i += 1)
      setTimeout(() => this.addStamped(i % 2 ? "agent" : "customer", `burst ${i}`), (i * ms) / count);
  }

  edit(index, text) {
    this.messages[index].text = text;
    this.changed({ kind: "edit", index });
  }

  move(from, to) {
    this.messages.splice(to, 0, ...this.messages.splice(from, 1));
    this.changed({ kind: "move" });
  }

  remove(index) {
    this.messages.splice(index, 1);
    this.changed({ kind: "remove", index });
  }

  /** The agent sends: the page shows the message at once and gets its id a little later. */
  send(text) {
    const message = this.make("agent", text, { id: `tmp-${this.next}`, pending: true });
    this.messages.push(message);
    this.changed({ kind: "add" });
    setTimeout(() => {
      message.id = String(this.next++);
      delete message.pending;
      this.changed({ kind: "edit", index: this.messages.indexOf(message) });
    }, 150);
  }

  older(messages) {
    this.messages.unshift(
      ...messages.map((each, i) => ({ id: String(901 + i), at: Date.now() - 7200000 + 60000 * i, ...each })),
    );
    this.changed({ kind: "older" });
  }
}

/** An element with a class and words or children. */
function make(tag, name, ...inside) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...inside);
  return element;
}

const clock = (at) => new Date(at).toISOString().slice(11, 16);
