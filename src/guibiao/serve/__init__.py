"""Web pages and interfaces on published releases (GSBPM 7: disseminate). What must be computed comes as services from outside."""
