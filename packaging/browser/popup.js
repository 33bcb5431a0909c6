/** The popup: the switch of the site in front, how it stands, and pointing. `popup.html?tab=N`: for another tab. */

import { changeSite, forgetSite, getSite, patternOf } from "./sites.js";

const LOOK_MS = 400;
const TEXTS = {
  off: "Off: nothing on this site is read.",
  looking: "On. No conversation is known on this page: point at it once.",
  paused: "Paused: nothing is read.",
  waiting: "Agent Assist is not running on this computer.",
};
const part = (id) => document.getElementById(id);

async function frontTab() {
  const asked = Number(new URLSearchParams(location.search).get("tab"));
  if (asked) return chrome.tabs.get(asked);
  return (await chrome.tabs.query({ active: true, currentWindow: true }))[0];
}

/** The origin of a tab that can be read; null for the browser's own pages. */
function originOf(tab) {
  const url = tab?.url ? new URL(tab.url) : null;
  return url && /^https?:$/.test(url.protocol) ? url.origin : null;
}

function stateText({ status, messages, link }) {
  if (status === "reading") return messages === 1 ? "Reading 1 message." : `Reading ${messages} messages.`;
  if (status === "waiting" && link.problem) return link.problem;
  return TEXTS[status];
}

async function show(tab, origin) {
  const site = await getSite(origin);
  const state = await chrome.runtime.sendMessage({ kind: "state", tab: tab.id });
  site.on &&= await chrome.permissions.contains({ origins: [patternOf(origin)] });
  const status = site.on ? (state.status === "off" ? "looking" : state.status) : "off";
  part("on").checked = site.on;
  part("state").className = status;
  part("state").textContent = stateText({ ...state, status });
  part("pick").disabled = !site.on;
  part("pick").textContent = site.rule ? "Point at the conversation again" : "Point at the conversation";
  part("pause").disabled = !site.on;
  part("pause").textContent = site.paused ? "Resume" : "Pause";
  part("forget").disabled = !site.on && !site.rule;
}

/** Turns the site on or off. The browser's own question may close the popup: the answer also reaches background.js. */
async function turn(origin, on) {
  const answer = on ? chrome.permissions.request({ origins: [patternOf(origin)] }) : true;
  await changeSite(origin, on ? { on, paused: false } : { on });
  if (!(await answer)) await changeSite(origin, { on: false });
}

async function forget(origin) {
  await forgetSite(origin);
  // Fails where the site's administrator granted it: then the permission stays and the switch is off.
  await chrome.permissions.remove({ origins: [patternOf(origin)] }).catch(() => false);
}

function listen(tab, origin) {
  const refresh = () => show(tab, origin);
  part("on").addEventListener("change", (event) => turn(origin, event.target.checked).then(refresh));
  part("pause").addEventListener("click", async () => {
    await changeSite(origin, { paused: !(await getSite(origin)).paused });
    refresh();
  });
  part("forget").addEventListener("click", () => forget(origin).then(refresh));
  part("pick").addEventListener("click", async () => {
    await chrome.tabs.sendMessage(tab.id, { kind: "pick" });
    window.close();
  });
  chrome.storage.onChanged.addListener(refresh);
  setInterval(refresh, LOOK_MS);
  refresh();
}

const tab = await frontTab();
const origin = originOf(tab);
part("site").textContent = origin ? new URL(origin).host : "This page cannot be read";
if (origin) listen(tab, origin);
else for (const id of ["on", "pick", "pause", "forget"]) part(id).disabled = true;
