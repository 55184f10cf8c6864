-- What we say to everybody, in answer to nobody. `text` is ours: nobody's personal data.
CREATE TABLE publications (
  publication_id uuid PRIMARY KEY,
  version int NOT NULL,
  state text NOT NULL,            -- AWAITING_APPROVAL SCHEDULED LEAVING PUBLISHED FAILED UNKNOWN DECLINED CANCELLED
  channel text NOT NULL,
  account text NOT NULL,
  brand text,
  text text,
  asks_community boolean NOT NULL,
  publish_at timestamptz,         -- null: as soon as another person agrees
  rules text[] NOT NULL,          -- guard rails for which another person reads it
  drafted_at timestamptz NOT NULL,
  drafted_by_kind text NOT NULL,
  drafted_by_ref text NOT NULL,
  decided_at timestamptz,         -- approved, declined or taken back
  decided_by_kind text,
  decided_by_ref text,
  decline_reason text,
  published_at timestamptz,
  named_id uuid,                  -- the contact that what answers it names, where that came before we knew its id
  url text,
  failed_at timestamptz,
  failure_code text,
  failure_reason text,
  failure_retryable boolean
);
CREATE INDEX publications_by_draft ON publications (drafted_at DESC, publication_id DESC);
CREATE INDEX publications_to_approve ON publications (drafted_at, publication_id) WHERE state = 'AWAITING_APPROVAL';
CREATE INDEX publications_due ON publications (publish_at) WHERE state = 'SCHEDULED';
CREATE INDEX publications_named ON publications (named_id) WHERE named_id IS NOT NULL;

-- What a mention answers, so that it is found beneath what we said.
ALTER TABLE mentions ADD COLUMN in_reply_to uuid;
CREATE INDEX mentions_beneath ON mentions (in_reply_to) WHERE in_reply_to IS NOT NULL;
CREATE INDEX timeline_beneath ON timeline (in_reply_to)
  WHERE in_reply_to IS NOT NULL AND kind = 'CONTACT' AND visibility = 'PUBLIC';
