"""The kinds of agent: for each, its table (plural) and its Mesa agent (singular), a view on one row."""
