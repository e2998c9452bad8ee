"""From what is published to series: months from cumulative figures, links over breaks, prices, chain-linking."""
