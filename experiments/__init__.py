"""What we ask: a script for each question, and a folder with what it is made of where that takes more than one file."""
