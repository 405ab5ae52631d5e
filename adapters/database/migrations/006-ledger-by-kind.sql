-- Approvals and holds are looked up at every decision, among many events of other kinds.
create index ledger_events_by_kind on ledger_events (repository, stream, kind, sequence);
