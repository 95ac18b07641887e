"""Planning: chooses the next click, by a language model or by keywords."""
