"""What `experiments.trace` is made of: a witness of one world, and what its crews weigh."""
