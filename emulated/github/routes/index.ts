import type { Route } from "../route.ts";
import { activityRoutes } from "./activity.ts";
import { appRoutes } from "./apps.ts";
import { checkRoutes } from "./checks.ts";
import { commentRoutes } from "./comments.ts";
import { commitRoutes } from "./commits.ts";
import { contentRoutes } from "./contents.ts";
import { deliveryRoutes } from "./deliveries.ts";
import { deploymentRoutes } from "./deployments.ts";
import { dispatchRoutes } from "./dispatches.ts";
import { gitObjectRoutes } from "./git-objects.ts";
import { issueRoutes } from "./issues.ts";
import { labelRoutes } from "./labels.ts";
import { manifestRoutes } from "./manifests.ts";
import { mergeRoutes } from "./merge.ts";
import { pullRoutes } from "./pulls.ts";
import { rateLimitRoutes } from "./rate-limit.ts";
import { reactionRoutes } from "./reactions.ts";
import { refRoutes } from "./refs.ts";
import { repositoryRoutes } from "./repositories.ts";
import { reviewRoutes } from "./reviews.ts";
import { runRoutes } from "./runs.ts";
import { statusRoutes } from "./statuses.ts";
import { teamRoutes } from "./teams.ts";

/** Everything that is served; scripts/trim-openapi.ts keeps the operations named here. */
export const routes: Route[] = [
  ...repositoryRoutes,
  ...pullRoutes,
  ...commitRoutes,
  ...contentRoutes,
  ...refRoutes,
  ...gitObjectRoutes,
  ...commentRoutes,
  ...issueRoutes,
  ...checkRoutes,
  ...statusRoutes,
  ...runRoutes,
  ...dispatchRoutes,
  ...reviewRoutes,
  ...reactionRoutes,
  ...rateLimitRoutes,
  ...mergeRoutes,
  ...labelRoutes,
  ...deploymentRoutes,
  ...deliveryRoutes,
  ...appRoutes,
  ...manifestRoutes,
  ...activityRoutes,
  ...teamRoutes,
];
