-- name: somebody_is_being_forgotten
-- Their rows are deleted and their keys are not destroyed yet.
SELECT EXISTS (SELECT FROM public.forgettings WHERE state = 'PURGED')
