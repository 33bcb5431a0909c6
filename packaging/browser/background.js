/** Joins the pages that are being read to the line, and answers the popup. Keeps no text. */

import { Link } from "./link.js";
import { followSites } from "./registration.js";
import { isOwn } from "./trust.js";

/** A page that is loaded again comes back within moments: the line stays for it. */
const LINGER_MS = 20_000;

const BADGES = {
  reading: { text: "ON", color: "#1c7c4a", title: "Agent Assist is reading this conversation" },
  paused: { text: "II", color: "#596273", title: "Agent Assist is paused" },
  waiting: { text: "!", color: "#8f5a00", title: "Agent Assist is not running" },
  looking: { text: "", color: "#596273", title: "Agent Assist: no conversation found on this page" },
  off: { text: "", color: "#596273", title: "Agent Assist" },
};
/** From the one that is worth telling first. */
const ORDER = ["reading", "paused", "waiting", "looking", "off"];

/** Every frame of a page that is on: port -> { tab, status, channels, asked, messages }. */
const pages = new Map();
let lingering = 0;
const link = new Link(fromSidebar, tellPages);

function tellPages() {
  for (const port of pages.keys()) port.postMessage({ kind: "link", ...link.state });
}

function holderOf(channel) {
  return [...pages].filter(([, page]) => page.channels.has(channel)).sort(([, a], [, b]) => b.at - a.at)[0]?.[0];
}

function fromSidebar(frame) {
  if (frame?.type !== "insert" || typeof frame.channel !== "string" || typeof frame.text !== "string") return;
  const port = holderOf(frame.channel);
  if (port) {
    pages.get(port).asked.add(frame.channel);
    port.postMessage({ kind: "insert", channel: frame.channel, text: frame.text });
  } else link.send({ type: "inserted", channel: frame.channel, why_not: "The page with this conversation is closed." });
}

/** Passes a page's frame on if it is about the page's own, and remembers which page shows which conversation. */
function fromPage(port, frame) {
  const page = pages.get(port);
  if (!page || !isOwn(port.sender, frame)) return;
  if (frame.type === "window") {
    page.channels.add(frame.channel);
    page.at = Date.now();
  } else if (frame.type === "ended") {
    if (!page.channels.delete(frame.channel)) return;
    if (holderOf(frame.channel)) return; // another tab still shows it
  } else if (!page.asked.delete(frame.channel)) return; // nobody asked it to put anything in
  link.send(frame);
}

function statusOf(tab) {
  const all = [...pages.values()].filter((page) => page.tab === tab);
  const best = (a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status);
  return all.sort(best)[0] ?? { status: "off", messages: 0 };
}

function showBadge(tab) {
  const { text, color, title } = BADGES[statusOf(tab).status];
  const gone = () => undefined; // the tab was closed meanwhile
  chrome.action.setBadgeText({ tabId: tab, text }).catch(gone);
  chrome.action.setBadgeBackgroundColor({ tabId: tab, color }).catch(gone);
  chrome.action.setTitle({ tabId: tab, title }).catch(gone);
}

function leave(port) {
  const page = pages.get(port);
  if (!page) return;
  pages.delete(port);
  for (const channel of page.channels) if (!holderOf(channel)) link.send({ type: "ended", channel });
  showBadge(page.tab);
  if (!pages.size) lingering = setTimeout(() => link.close(), LINGER_MS);
}

chrome.runtime.onConnect.addListener((port) => {
  const tab = port.sender?.tab?.id;
  if (port.name !== "page" || tab === undefined) return;
  pages.set(port, { tab, status: "looking", messages: 0, channels: new Set(), asked: new Set(), at: 0 });
  port.onDisconnect.addListener(() => leave(port));
  port.onMessage.addListener((message) => {
    if (message.kind === "alarm") setTimeout(() => pages.has(port) && port.postMessage({ kind: "wake" }), message.ms);
    if (message.kind === "frame") fromPage(port, message.frame);
    if (message.kind === "status") {
      Object.assign(pages.get(port), { status: message.status, messages: message.messages });
      showBadge(tab);
    }
  });
  clearTimeout(lingering);
  link.open();
  port.postMessage({ kind: "link", ...link.state });
});

chrome.runtime.onMessage.addListener((message, sender, answer) => {
  if (message?.kind === "state") {
    const { status, messages } = statusOf(message.tab);
    answer({ status, messages, link: link.state });
  } else if (message?.kind === "picking-over" && sender.tab) {
    // Pointing goes on in every frame of the tab until one of them is done.
    chrome.tabs.sendMessage(sender.tab.id, { kind: "picking-over" }).catch(() => undefined);
  }
});

followSites();
