-- Customers by the words of their names, whole or begun. Names are nobody's statistics.
CREATE INDEX customers_by_words ON customers USING gin (to_tsvector('simple', coalesce(name, '')));
ALTER INDEX customers_by_words ALTER COLUMN 1 SET STATISTICS 0;
CREATE INDEX handles_by_text ON handles (value);
