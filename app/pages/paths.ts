/** Which paths are pages. Whatever is not named here is somebody else's: webhooks, the API, health. */

export type PagePath =
  | { page: "list" | "style" | "sign-in" | "callback" | "sign-out" | "deliveries" }
  | { page: "decision"; repository: string; id: string }
  | { page: "approvals" | "approvals.csv" | "ledger" | "ledger.csv" | "rollouts"; repository: string };

const single: Record<string, PagePath> = {
  "/": { page: "list" },
  "/assets/page.css": { page: "style" },
  "/sign-in": { page: "sign-in" },
  "/sign-in/callback": { page: "callback" },
  "/sign-out": { page: "sign-out" },
  "/deliveries": { page: "deliveries" },
};

const name = "(?!\\.{1,2}(?:/|$))[A-Za-z0-9_.-]{1,100}";
const repositoryName = new RegExp(`^${name}/${name}$`, "u");
const decision = new RegExp(`^/(${name}/${name})/decisions/([A-Za-z0-9_-]{1,128})$`, "u");
const ofRepository = new RegExp(
  `^/(${name}/${name})/(approvals|approvals\\.csv|ledger|ledger\\.csv|rollouts)$`,
  "u",
);

/** The API's own first part: `/v1/ledger/approvals` is none of ours. */
const elsewhere = /^\/v1\//u;

export function isRepositoryName(text: string): boolean {
  return repositoryName.test(text);
}

export function pagePath(pathname: string): PagePath | undefined {
  if (Object.hasOwn(single, pathname)) return single[pathname];
  if (elsewhere.test(pathname)) return undefined;
  const [, decided, id] = decision.exec(pathname) ?? [];
  if (decided && id) return { page: "decision", repository: decided, id };
  const [, repository, page] = ofRepository.exec(pathname) ?? [];
  if (!repository) return undefined;
  switch (page) {
    case "approvals":
    case "approvals.csv":
    case "ledger":
    case "ledger.csv":
    case "rollouts":
      return { page, repository };
    default:
      return undefined;
  }
}
