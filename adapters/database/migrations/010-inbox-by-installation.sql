-- Lanes with something to do are looked for by installation, oldest first, without reading all that waits.
create index inbox_waiting_of on inbox ((coalesce(installation_id, 0)), sequence) where state = 'waiting';
