/** From elements to messages: what stands in the area now, as the sidebar's protocol wants it. */
"use strict";
(() => {
  const aa = (globalThis.agentAssist ??= {});
  const { hasWord, classText } = aa.words;
  const MAX_TEXT = 100_000;
  const MAX_KEY = 400;
  const MAX_NAME = 200;
  const SHORT = 80;
  const NO_WORDS =
    "button,input,textarea,select,option,time,script,style,svg,noscript,template,audio,video,canvas,iframe,object,hr";
  const NO_ROLES =
    "[role=button],[role=toolbar],[role=menu],[role=textbox],[role=status],[role=tooltip],[aria-hidden=true]," +
    "[contenteditable]";
  const KEYS = [
    ..."message-id messageid msg-id comment-id part-id event-id entry-id item-id key id"
      .split(" ")
      .map((name) => `data-${name}`),
    "id",
  ];
  const TIMES = "data-created-at data-timestamp data-time data-sent-at data-ts datetime".split(" ");
  const FRAMEWORK_ID = /^(ember|radix|mui|headlessui|react|yui|ext-gen|gwt|view|:r|«r)\W?\d*/i;
  const CLOCK = /^((today|yesterday|[a-z]{3,9}day|[a-z]{3}),?( at)? )?\d{1,2}[:.]\d\d([:.]\d\d)?(\s?[ap]\.?m\.?)?$/i;
  const STATUS =
    /^(read|seen|delivered|sent|edited|[✓✔]+|just now|\d+ ?(s|sec|m|min|minutes?|h|hours?|d|days?)( ago)?)$/i;
  const OLDER =
    /\b(load|show|see|view)\b.{0,20}\b(more|older|earlier|previous)\b|\b(older|earlier|previous) messages\b/i;

  const cut = (text, most) => text.slice(0, most).toWellFormed();
  const oneLine = (text, most) => cut(text.replace(/\s+/g, " ").trim(), most);

  /** Whether an element's words are words of the message that it stands in. */
  function keepsWords(element, item) {
    if (element === item) return true;
    if (element instanceof HTMLFormElement) return false; // its fields can stand in for its own properties
    if (element.matches(NO_WORDS) || element.matches(NO_ROLES)) return false;
    return !(hasWord(classText(element), aa.words.CLUTTER) && element.textContent.length <= SHORT);
  }

  /** Whether all that an element says is when the message came, or whether it was read. */
  function isStamp(element) {
    const text = element.textContent.length <= 40 ? element.textContent.trim() : "";
    return CLOCK.test(text) || STATUS.test(text);
  }

  function textOf(item, rule) {
    const body = rule.text ? aa.dom.findOne(item, rule.text) : null;
    const own = (element) => element === item || element === body;
    const words = (element) => own(element) || keepsWords(element, item);
    const text = aa.dom.plainText(body ?? item, (element) => own(element) || (words(element) && !isStamp(element)));
    return cut(text || aa.dom.plainText(body ?? item, words), MAX_TEXT); // "10:30" may be all that was written
  }

  function nameOf(item, rule) {
    const named = rule.name
      ? aa.dom.findOne(item, rule.name)
      : aa.dom
          .findAll(item, "[class]")
          .find((each) => hasWord(classText(each), aa.words.NAME) && each.textContent.length <= SHORT);
    const text =
      named?.textContent ?? item.getAttribute("data-author-name") ?? item.getAttribute("data-sender-name") ?? "";
    return oneLine(text, MAX_NAME) || null;
  }

  /** ISO 8601 with its zone from what a page gives: a date with time, or seconds or milliseconds since 1970. */
  function moment(value) {
    const number = /^\d{9,13}(\.\d+)?$/.test(value)
      ? Number(value) * (value.split(".")[0].length > 11 ? 1 : 1000)
      : NaN;
    const at = Number.isNaN(number) && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value) ? Date.parse(value) : number;
    return Number.isNaN(at) ? null : new Date(at).toISOString();
  }

  function timeOf(item, rule) {
    const inner = aa.dom.findOne(item, "time[datetime]");
    const values = [
      rule.time && item.getAttribute(rule.time),
      inner?.getAttribute("datetime"),
      ...TIMES.map((name) => item.getAttribute(name)),
    ];
    for (const value of values) {
      const at = value ? moment(value.trim()) : null;
      if (at) return at;
    }
    return null;
  }

  function keyIn(item, attribute) {
    const value = item.getAttribute(attribute);
    return value && value.length <= MAX_KEY && !(attribute === "id" && FRAMEWORK_ID.test(value)) ? value : null;
  }

  /** A message that is still on its way has a name of its own only for a moment. */
  function isPending(item) {
    if (
      item.getAttribute("aria-busy") === "true" ||
      item.hasAttribute("data-pending") ||
      item.hasAttribute("data-optimistic")
    )
      return true;
    return (
      hasWord(classText(item), aa.words.PENDING) ||
      /pending|sending/.test(item.getAttribute("data-status") ?? item.getAttribute("data-state") ?? "")
    );
  }

  const looksTemporary = (key) => hasWord(key, aa.words.PENDING);

  /** The attribute that names messages: the first that most have and none shares. */
  function keyAttribute(items, rule) {
    return (rule.key ? [rule.key] : KEYS).find((attribute) => {
      const values = items.map((item) => keyIn(item, attribute)).filter(Boolean);
      return values.length && values.length * 2 >= items.length && new Set(values).size === values.length;
    });
  }

  /** Items in the order in which a person sees them; recycled rows often stand in another one in the page's tree. */
  function inSight(items) {
    const placed = items
      .map((item) => ({ item, rect: item.getBoundingClientRect() }))
      .filter(({ item, rect }) => (rect.width || rect.height) && item.checkVisibility({ visibilityProperty: true }));
    const sorted = placed.every(({ rect }, i) => i === 0 || rect.top >= placed[i - 1].rect.top - 1);
    if (!sorted) placed.sort((a, b) => a.rect.top - b.rect.top);
    return placed.map(({ item }) => item);
  }

  function scrollerOf(area) {
    for (let at = area; at; at = aa.dom.parentOf(at))
      if (at.scrollHeight > at.clientHeight + 1 && aa.guessing.scrolls(at)) return at;
    return null;
  }

  /** Whether nothing older can be had in the page: it stands at its top, and nothing offers more. */
  function isWhole(area, first, rule) {
    if (!first) return false;
    const scroller = scrollerOf(area);
    const top = (scroller ?? area).getBoundingClientRect().top;
    if (scroller && (first.getBoundingClientRect().top < top - 1 || scroller.scrollTop > 1)) return false;
    if (rule.older && aa.dom.findOne(area, rule.older)) return false;
    const around = scroller && scroller !== document.documentElement && scroller !== document.body ? scroller : area;
    const offers = aa.dom.findAll(around, "button,a,[role=button],[role=progressbar],[aria-busy=true]");
    return !offers.some((each) => each.matches("[role=progressbar],[aria-busy=true]") || OLDER.test(each.textContent));
  }

  /** Reads one area by one rule; remembers what it read of elements that did not change. */
  class Reader {
    #read = new WeakMap();
    #words = new WeakMap();

    constructor(area, rule) {
      this.area = area;
      this.rule = rule;
      this.items = rule.item ?? aa.guessing.itemSelector(area);
      this.roots = [area, ...aa.dom.shadowRoots(area)];
    }

    /** More shadow roots were found in the area; looking for them anew each time would take longer than reading. */
    alsoIn(roots) {
      this.roots = this.roots.concat(roots).filter((root) => root.isConnected);
    }

    elements() {
      const found = this.roots.flatMap((root) => [...root.querySelectorAll(this.items)]);
      return inSight(found.filter((item) => !aa.words.isAside(item)));
    }

    /** An element changed: what was read of the messages around it counts no more. */
    changed(node) {
      for (let at = node; at && at !== this.area; at = aa.dom.above(at)) {
        this.#read.delete(at);
        this.#words.delete(at);
      }
    }

    #one(item) {
      let read = this.#read.get(item);
      if (!read) {
        read = {
          text: textOf(item, this.rule),
          name: nameOf(item, this.rule),
          at: timeOf(item, this.rule),
          pending: isPending(item),
        };
        this.#read.set(item, read);
      }
      return read;
    }

    /** The same object as long as nothing of it changed. */
    #message(item, speaker, attribute) {
      const read = this.#one(item);
      const named = attribute && !read.pending ? keyIn(item, attribute) : null;
      const key = named && !looksTemporary(named) ? cut(named, MAX_KEY) : null;
      if (read.message && read.speaker === speaker && read.key === key) return read.message;
      const message = { text: read.text };
      if (speaker) message.speaker = speaker;
      if (key) message.key = key;
      if (read.name) message.name = read.name;
      if (read.at) message.at = read.at;
      Object.assign(read, { message, speaker, key });
      return message;
    }

    /** @returns {{seen: object[], whole: boolean}} the messages from top to bottom. */
    read() {
      const items = this.elements().filter((item) => this.#one(item).text !== "");
      const attribute = keyAttribute(items, this.rule);
      const speakers = aa.speakers.speakersOf(items, this.area, this.rule.customer, this.#words);
      const seen = items.map((item, i) => this.#message(item, speakers[i], attribute));
      return { seen, whole: isWhole(this.area, items[0], this.rule) };
    }
  }

  function conversationId(rule, area) {
    if (rule.conversation) return aa.selectors.find(rule.conversation[0])?.getAttribute(rule.conversation[1]) ?? "";
    const attributes = [
      "data-conversation-id",
      "data-ticket-id",
      "data-chat-id",
      "data-thread-id",
      "data-case-id",
      "data-session-id",
    ];
    for (let at = area; at; at = aa.dom.parentOf(at)) {
      const named = attributes.find((attribute) => at.getAttribute(attribute));
      if (named) return at.getAttribute(named);
    }
    const query = new URLSearchParams(location.search);
    return (
      ["conversation", "conversation_id", "ticket", "ticket_id", "chat", "thread", "case", "id"]
        .map((name) => query.get(name))
        .find(Boolean) ?? ""
    );
  }

  /** Which conversation the area shows: the page's address without what people search for, and its own name of it. */
  function channelOf(rule, area) {
    const route = /^#!?\//.test(location.hash) ? location.hash.split("?")[0] : "";
    const id = conversationId(rule, area);
    return cut(location.origin + location.pathname + route + (id ? `#conversation=${id}` : ""), MAX_KEY);
  }

  /** What the page tells of the customer beside the conversation, where the rule says where. */
  function aboutOf(rule) {
    const textAt = (path) => (path ? oneLine(aa.selectors.find(path)?.textContent ?? "", MAX_NAME) : "");
    const about = { contacts: [] };
    const name = textAt(rule.about?.name);
    if (name) about.customer = name;
    for (const kind of ["email", "phone"]) {
      const value = textAt(rule.about?.[kind]);
      if (value) about.contacts.push({ kind, value });
    }
    return about;
  }

  aa.reading = { Reader, channelOf, aboutOf };
})();
