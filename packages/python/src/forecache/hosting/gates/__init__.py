"""How gates are read out of a block's modulation."""
