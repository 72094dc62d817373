"""What crosses a border between services or to the world: words, records, events; nothing else."""
