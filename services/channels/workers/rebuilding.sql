-- name: somebody_is_being_forgotten
-- Rows or bytes of theirs are gone, and others still to go.
SELECT EXISTS (SELECT FROM public.forgettings WHERE state = 'PURGED')
  OR EXISTS (SELECT FROM public.attachments WHERE state = 'REMOVED' AND object_id IS NOT NULL)
  OR EXISTS (SELECT FROM public.uploads WHERE state = 'REMOVED' AND object_id IS NOT NULL)
  OR EXISTS (SELECT FROM public.withholdings WHERE NOT done)
