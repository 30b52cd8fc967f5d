"""Floor 1: what our contracts look like. Compiler, artifacts, typed faces, logs to facts, refusals to English."""
