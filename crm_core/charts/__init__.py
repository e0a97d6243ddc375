"""Charts named by their shape: values and ready text in, a plain Plotly dict or a pydeck map out; none fetches or translates."""
