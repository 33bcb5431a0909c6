/** What a page's frame may bring: of its own conversations only. A page can take over the process it is shown in. */

const KINDS = new Set(["window", "ended", "inserted"]);

/** The origin of who opened a port, as the browser says it; sandboxed pages have none but that of their address. */
function originOf({ origin, url }) {
  if (origin && origin !== "null") return origin;
  try {
    return new URL(url).origin;
  } catch {
    return "null";
  }
}

/**
 * Whether a frame may have come from there: channels begin with the origin of the page that shows them.
 *
 * @param {chrome.runtime.MessageSender} sender
 * @param {{ type: string, channel: string }} frame
 */
export function isOwn(sender, frame) {
  const origin = originOf(sender);
  return (
    origin !== "null" &&
    KINDS.has(frame?.type) &&
    typeof frame.channel === "string" &&
    frame.channel.startsWith(`${origin}/`)
  );
}
