"""Figures as a notebook or an interactive session shows them: handed to pyplot, which else never hears of them."""

from matplotlib import pyplot


def axes(figure):
    """Let pyplot show a Figure (a notebook does so at the end of the cell), and return its first Axes; `.figure` is the whole."""
    pyplot.figure(figure)
    return figure.axes[0]
