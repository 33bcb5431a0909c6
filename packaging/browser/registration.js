/** Which pages get the content scripts: those of the sites that are on, and no others. */

import { CONTENT } from "./files.js";
import { isSite, patternOf, sitesOn } from "./sites.js";

const ID = "conversation";
let queue = Promise.resolve();

async function register() {
  const patterns = [...new Set((await sitesOn()).map(patternOf))];
  const allowed = [];
  for (const pattern of patterns) {
    if (await chrome.permissions.contains({ origins: [pattern] })) allowed.push(pattern);
  }
  const before = await chrome.scripting.getRegisteredContentScripts({ ids: [ID] });
  if (before.length) await chrome.scripting.unregisterContentScripts({ ids: [ID] });
  if (!allowed.length) return;
  await chrome.scripting.registerContentScripts([
    { id: ID, matches: allowed, js: CONTENT, allFrames: true, runAt: "document_idle" },
  ]);
}

/** Registers anew from storage; calls wait for each other. */
export function syncRegistration() {
  queue = queue.then(register).catch((error) => console.warn("registering failed:", error.message));
  return queue;
}

/** Brings the scripts into pages of a site that are open already; a page that has them takes no harm. */
async function injectOpen(origin) {
  const tabs = await chrome.tabs.query({ url: patternOf(origin) });
  const inject = (tab) =>
    chrome.scripting.executeScript({ target: { tabId: tab.id, allFrames: true }, files: CONTENT });
  // A tab may close or show an error page meanwhile; the others still get their scripts.
  await Promise.allSettled(tabs.map(inject));
}

/** Follows what changes in storage. */
export function followSites() {
  chrome.storage.local.onChanged.addListener(async (changes) => {
    const keys = Object.keys(changes).filter(isSite);
    const switched = keys.filter((key) => Boolean(changes[key].oldValue?.on) !== Boolean(changes[key].newValue?.on));
    if (!switched.length) return;
    await syncRegistration();
    for (const key of switched) if (changes[key].newValue?.on) await injectOpen(key.slice("site:".length));
  });
  chrome.runtime.onInstalled.addListener(syncRegistration);
  chrome.permissions.onAdded.addListener(async ({ origins = [] }) => {
    await syncRegistration();
    for (const origin of await sitesOn()) if (origins.includes(patternOf(origin))) await injectOpen(origin);
  });
  chrome.permissions.onRemoved.addListener(syncRegistration);
}
