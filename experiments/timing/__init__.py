"""What `experiments.benchmark` is made of: workloads, each in a process of its own, and other frameworks."""
