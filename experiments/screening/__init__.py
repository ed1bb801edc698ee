"""What `experiments.sensitivity` is made of: factors, stages, indices, effects and words."""
