"""What other systems post to the record by themselves: the word of a payer."""
