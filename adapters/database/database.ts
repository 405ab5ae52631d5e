/** A PostgreSQL, embedded or a server: the same SQL runs on both. */
export type Row = Record<string, unknown>;

export type Queries = {
  /** Parameters stand as $1, $2 … in the text. */
  query(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
};

export type Database = Queries & {
  kind: "pglite" | "postgres";
  /** All of it or nothing; what throws rolls back. */
  transaction<Result>(work: (within: Queries) => Promise<Result>): Promise<Result>;
  /**
   * A lock that ends with the process that holds it, however it ends. Gives what releases it, or undefined where
   * somebody holds it. `lost` is called where the connection that held it broke.
   */
  tryLock(name: string, lost: () => void): Promise<(() => Promise<void>) | undefined>;
  close(): Promise<void>;
};
