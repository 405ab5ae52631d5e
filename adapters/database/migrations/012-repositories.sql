-- Whose data stands under a name: GitHub's number outlasts every renaming, while a name that was let go can be taken by
-- anybody. Where another repository took the name, the former one's data and row go by "owner/name@number".
create table repositories (
  name text primary key,
  id bigint not null unique
);
create unique index repositories_by_name on repositories (lower(name));

-- Names that were let go, and by whom. Work that was in hand then may have written under them once more.
create table former_names (
  name text primary key,
  id bigint not null
);
