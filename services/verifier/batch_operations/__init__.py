"""What the verifier does about batches: receive one, judge its entries, tell of it, wipe it.

Apart from the single verification: a batch is kept, sealed, for as long as it takes to look at.
"""
