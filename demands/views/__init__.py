"""Pages of demands: public, writing, managing."""
