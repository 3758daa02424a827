"""What several pages use: addresses, labels, controls, caches, figures, components."""
