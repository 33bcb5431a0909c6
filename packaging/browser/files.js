/** The scripts that run in a page, in the order in which they need each other. */
export const CONTENT = [
  "content/words.js",
  "content/dom.js",
  "content/selectors.js",
  "content/sites.js",
  "content/guessing.js",
  "content/speakers.js",
  "content/reading.js",
  "content/frames.js",
  "content/watching.js",
  "content/reply.js",
  "content/pill.js",
  "content/picker.js",
  "content/content.js",
];
