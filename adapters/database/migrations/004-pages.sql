-- Who is signed in to the page. The cookie's secret is not here, only its SHA-256; the person's token is encrypted
-- under a key that is not in the database either.
create table sessions (
  id_hash text primary key,
  login text not null,
  token text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index sessions_by_expiry on sessions (expires_at);
