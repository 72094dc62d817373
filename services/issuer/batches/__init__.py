"""Files of awards: which format, which columns, which rows, and what is wrong with each. Pure.

In order of use: `detect_format`, `open_rows` (streams; has `.header`, `.peek(5)`, `.notices`),
`propose_mapping`, then `RowReader(mapping, rules).read(raw)` for each row, which gives the award
that is wanted or the faults by cell. Nothing is dropped: every row that is not blank comes out.
"""
