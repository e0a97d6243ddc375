"""A source file becomes rows of the schema; each source is one module, and what cannot be read is kept with its reason."""
