"""Who may do what: login, sessions, permissions, protection, audit."""
