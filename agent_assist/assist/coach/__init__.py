"""The coach: what an agent's own draft lacks, risks or could say better. Nothing of a draft is stored or logged."""

from agent_assist.assist.coach.reviewing import SHOWN, Scorer, review, score_turns
from agent_assist.assist.coach.rewriting import rewrite

__all__ = ["SHOWN", "Scorer", "review", "rewrite", "score_turns"]
