-- A revoked token stays on the list, with the moment, so that an auditor sees that there was one. Its hash does not.
alter table service_tokens add column revoked_at timestamptz;
