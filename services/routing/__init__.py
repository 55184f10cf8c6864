"""The routing service: who takes a case, and with what money. Owns agents, teams, duos, assignments and budgets."""
