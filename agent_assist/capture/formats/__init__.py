"""One module for each format that conversations come in."""

from agent_assist.capture.format import Format
from agent_assist.capture.formats import (
    chatwoot,
    email,
    freshdesk,
    intercom,
    json_lines,
    livechat,
    plain_text,
    salesforce,
    subtitles,
    sunshine,
    table,
    whatsapp,
    zammad,
    zendesk_comments,
    zendesk_messaging,
)

REGISTRY: tuple[Format, ...] = (
    zendesk_comments.FORMAT,
    zendesk_messaging.FORMAT,
    sunshine.FORMAT,
    intercom.FORMAT,
    freshdesk.FORMAT,
    chatwoot.FORMAT,
    zammad.FORMAT,
    salesforce.FORMAT,
    livechat.FORMAT,
    # After the desks: it takes any list of objects.
    json_lines.FORMAT,
    email.FORMAT,
    subtitles.FORMAT,
    whatsapp.FORMAT,
    table.FORMAT,
    plain_text.FORMAT,
)
"""In the order in which they are tried: plain text takes whatever is left."""
