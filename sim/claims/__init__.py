"""Claims: one row of estimates in, a verdict and a sentence out. The rules are fixed before the runs are seen."""
