-- What triage took a contact for, and the feeling in it from -1 to 1, for reports of what people write about. Of entries
-- that stand here already a rebuild tells them.
ALTER TABLE timeline ADD COLUMN class text, ADD COLUMN sentiment double precision;
ALTER TABLE mentions ADD COLUMN sentiment double precision;
