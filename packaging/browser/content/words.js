/** Words in class names and attributes: what they say, and which names a build tool made up. */
"use strict";
(() => {
  const aa = (globalThis.agentAssist ??= {});

  const set = (text) => new Set(text.split(" "));
  const CUSTOMER = set(
    "customer visitor enduser requester client incoming inbound received contact lead guest shopper caller buyer",
  );
  const AGENT = set(
    "agent operator outgoing outbound sent staff assignee representative rep admin me self own mine teammate supporter",
  );
  const BOT = set("bot chatbot automated automation autoreply answerbot");
  const SYSTEM = set("system event notice notification activity");
  /** Never part of the conversation: what agents write to each other, rulers, "is typing". */
  const ASIDE = set("internal note private whisper divider separator typing datestamp daystamp");
  /** Small things in a message that are not its words. */
  const CLUTTER = set(
    "time timestamp stamp date author sender name username avatar status receipt receipts delivered seen " +
      "reaction reactions tooltip " +
      "toolbar actions action menu badge meta metadata hidden sronly",
  );
  const NAME = set("author sender name username displayname");
  const PENDING = set("pending sending optimistic temporary temp tmp local draft");
  /** States come and go: no selector is built on them. */
  const STATE = set(
    "active selected hover hovered focus focused open opened closed first last new unread read current visible loading",
  );

  const cache = new Map();

  /** "message__bodyText--fromVisitor" -> message body text from visitor; "end-user" also gives enduser. */
  function wordsOf(text) {
    let words = cache.get(text);
    if (!words) {
      words = text
        .replace(/([a-z])([A-Z])/g, "$1 $2")
        .toLowerCase()
        .split(/[^a-z]+/)
        .filter(Boolean);
      words = words.concat(words.slice(1).map((word, i) => words[i] + word));
      if (cache.size > 5000) cache.clear();
      cache.set(text, words);
    }
    return words;
  }

  const classText = (element) => element.getAttribute("class") ?? "";
  const hasWord = (text, words) => text !== "" && wordsOf(text).some((word) => words.has(word));

  /** Whether a class name or id looks like one that changes with the next release or the next page load. */
  function looksGenerated(name) {
    return (
      /^(css|sc|jss|jsx|svelte|emotion|styled|tw|ember|radix|mui|headlessui|react|yui|gwt|v)[-:_]?[\d:a-z]*\d/i.test(
        name,
      ) ||
      /^[:«_]?r[:\d]/.test(name) ||
      /\d{3}|[a-z]\d[a-z]|\d[a-z]\d/i.test(name) ||
      (/^[A-Za-z]{5,9}$/.test(name) && /[a-z][A-Z][a-z]*[A-Z]/.test(name)) ||
      /^[0-9a-f-]{16,}$/i.test(name)
    );
  }

  /** Classes that a selector can be built on. */
  function stableClasses(element) {
    return [...element.classList].filter(
      (name) =>
        /^[A-Za-z_][\w-]*$/.test(name) && !looksGenerated(name) && !STATE.has(name) && !/^(is|has|js)-/.test(name),
    );
  }

  /** Whether an element in a conversation is none of its messages: a note between agents, a ruler, "is typing". */
  const isAside = (element) =>
    element.role === "separator" || element.localName === "hr" || hasWord(classText(element), ASIDE);

  aa.words = {
    CUSTOMER,
    AGENT,
    BOT,
    SYSTEM,
    CLUTTER,
    NAME,
    PENDING,
    isAside,
    wordsOf,
    classText,
    hasWord,
    looksGenerated,
    stableClasses,
  };
})();
