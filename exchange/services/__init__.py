"""The only writers of neighbours, of what is pulled from them, and of what becomes of it."""

from exchange.services.conflicts import settle_conflicts
from exchange.services.jobs import pull_all, resume_pulls, run_pull, start_pull
from exchange.services.peers import add_peer, edit_peer
