"""What follows from results in institutions' own systems: received, pulled, or sent as awards.

Apart from granting, because here nobody asks for an award: a system tells what it knows, again and
again, and each time exactly what is new may follow from it.
"""
