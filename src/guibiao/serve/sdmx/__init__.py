"""SDMX REST 1.5 and 2.2 over a release: structures, data and availability in SDMX-ML, SDMX-JSON and SDMX-CSV."""
