"""The merchant's side: what its staff see and press in their group, and what it sets for itself there."""
