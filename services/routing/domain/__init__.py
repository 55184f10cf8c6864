"""The rules of routing and of money: pure, without a clock, an id or I/O inside."""
