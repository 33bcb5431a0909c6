/**
 * Rules that ship, told by the markup of the page and not by its address. What the agent pointed at comes first.
 *
 * A rule (see reading.js for how each is used; all but `area` may be left out, and `item` is then guessed):
 *   when            a selector that the page must have for the rule to hold
 *   area            path of the conversation; " >>> " goes into a shadow root
 *   item            selector of one message in it
 *   text, name      selectors in a message
 *   time, key       attributes that have the time and the page's own name of the message
 *   conversation    [path, attribute] of the conversation's own name
 *   reply           path of the reply box
 *   older           selector in the area of what says that there is more above
 *   customer        what marks a message of the customer; see speakers.js
 *   about           paths of the customer's name, email and phone in the page
 */
"use strict";
(() => {
  const aa = (globalThis.agentAssist ??= {});
  aa.sites = [
    {
      title: "Ticket workspace with a static list",
      when: "main.ticket-workspace ol.ticket-log",
      area: "main.ticket-workspace ol.ticket-log",
      item: "li.comment",
      text: ".comment__body",
      name: ".comment__author",
      key: "data-comment-id",
      conversation: ["main.ticket-workspace", "data-ticket-id"],
      reply: "main.ticket-workspace [contenteditable][role=textbox]",
      older: "button.ticket-log__older",
      about: { name: ".requester__name", email: ".requester__email" },
    },
    {
      title: "Inbox with virtual scrolling",
      when: "section.inbox .inbox-stream",
      area: "section.inbox .inbox-stream",
      item: ".part",
      text: ".part__text",
      name: ".part__name",
      key: "data-part-id",
      time: "data-created-at",
      conversation: ["section.inbox", "data-conversation-id"],
      reply: "section.inbox textarea.inbox-composer__field",
      about: { name: ".inbox-head__name", phone: ".inbox-head__phone" },
    },
    {
      title: "Console made of web components",
      when: "service-console",
      area: "service-console >>> conversation-panel >>> div.transcript",
      item: "chat-line",
      conversation: ["service-console", "record-id"],
      reply: "service-console >>> reply-box >>> textarea",
    },
  ];
})();
