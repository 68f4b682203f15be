"""Runs of the engine, explained matches, feedback, and the text features behind them."""

from matching.models.learning import Embedding, Feedback, MatchWeights, WeightsTraining
from matching.models.lists import Match, MatchList, ResourceMatch
from matching.models.runs import MatchChunk, MatchRun
from matching.models.subscriptions import Subscription
