"""Chart kinds: observations and a definition in, one Vega-Lite specification for paper and page out."""
