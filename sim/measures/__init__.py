"""Measures: estimands of paired worlds. Tables in, tables out; nothing here knows the model.

`zones` places territories relative to a target and `paired` puts two worlds of one seed, draw and structure side by side.
`displacement` (NDR), `harm` (leakage, person-weeks), `victims` (TDR, externalities), `ledger` (by channel), `recovery`,
`footprint` and `quotients` (WDQ, TNE, WDD) turn pairs into estimates; `intervals` says how sure they are; `comparison`
makes the one table that is read and judged, `book` all tables, `tidy` one long table of them.
"""
