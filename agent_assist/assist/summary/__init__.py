"""The case in short, for a colleague who takes it over: every line stands on turns that it names."""

from agent_assist.assist.summary.customer import feeling_line
from agent_assist.assist.summary.fields import ABOUT, WANTS, summary_branches
from agent_assist.assist.summary.refresh import settle, worth_refreshing
from agent_assist.assist.summary.sections import Sectioned, summarise_in_sections
from agent_assist.assist.summary.writer import SummaryWriter, summary_by_rule

__all__ = [
    "ABOUT",
    "WANTS",
    "Sectioned",
    "SummaryWriter",
    "feeling_line",
    "settle",
    "summarise_in_sections",
    "summary_branches",
    "summary_by_rule",
    "worth_refreshing",
]
