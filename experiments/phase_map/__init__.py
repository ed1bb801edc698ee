"""What `experiments.phase` is made of: axes, the ladder of coverage, the grid, its points, words."""
