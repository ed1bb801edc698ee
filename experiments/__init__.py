"""What we ask: a script for each question, and a folder with what it is made of where that takes more than one file."""

import sys

if sys.argv[0] == "-m":  # what stands there while Python looks for the script of `python -m`
    from sim.compiled import get_help

    get_help()  # a first run is compiled from here on, while the script imports its libraries and reads its settings
