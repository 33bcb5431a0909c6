/**
 * What the agent decided for each site, kept in this browser only: `site:<origin>` in storage.
 *
 * @typedef {object} Site
 * @property {boolean} on whether conversations there are read.
 * @property {boolean} [paused] held by the agent, from the pill or the popup.
 * @property {object} [rule] what the agent pointed at; see content/reading.js.
 */

const PREFIX = "site:";

/** The key under which a site stands in storage. */
export const keyOf = (origin) => PREFIX + origin;

/** Whether a key of storage is a site. */
export const isSite = (key) => key.startsWith(PREFIX);

/** The match pattern of an origin; patterns know no ports in Firefox, so the page checks its whole origin again. */
export function patternOf(origin) {
  const { protocol, hostname } = new URL(origin);
  return `${protocol}//${hostname}/*`;
}

/** @returns {Promise<Site>} */
export async function getSite(origin) {
  const key = keyOf(origin);
  return (await chrome.storage.local.get(key))[key] ?? { on: false };
}

/** Changes some properties of a site and keeps the others. */
export async function changeSite(origin, changes) {
  await chrome.storage.local.set({ [keyOf(origin)]: { ...(await getSite(origin)), ...changes } });
}

export async function forgetSite(origin) {
  await chrome.storage.local.remove(keyOf(origin));
}

/** The origins of all sites that are on. */
export async function sitesOn() {
  const all = await chrome.storage.local.get(null);
  return Object.keys(all)
    .filter((key) => isSite(key) && all[key].on)
    .map((key) => key.slice(PREFIX.length));
}
