"""What `experiments.claims` is made of: its design, points, knock-outs, maps, boxes, tables and figures."""
