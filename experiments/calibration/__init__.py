"""What `experiments.calibrate` is made of: anchors, the rule, the search, tables and words."""
