"""Two thousand bad inputs, one JSON line each: what arrives, and what must be said about it.

::

    values    amounts, addresses, dates, countries      tables   issue and investor files
    papers    terms, approvals, plans, settings,        words    command lines
              deployment records                        build    all of it into *.jsonl

``python -m tests.corpus.build`` writes the files; ``tests/test_corpus.py`` runs every line of them. A line has
``kind``, ``text`` (or ``base64``), ``says``, and where it is not 2 ``exit``. ``{LONG}`` stands for 20,000 nines.
"""
