"""What several jobs use: the terminal, designs, draws, runs, regimes, and steps that are kept."""
