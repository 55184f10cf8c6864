"""Facts to rows of the tables that routing decides by; pure, run in the transaction of the facts."""
