import { nodeId, renderUser } from "../shapes/user.ts";
import type { User, World } from "../state.ts";
import type { Node } from "./node.ts";

/** Bots have no `[bot]` in their login in GraphQL, which REST gives them. */
export function actorNode(world: World, user: User, typename: string = user.type): Node {
  const rendered = renderUser(world, user);
  return {
    __typename: typename,
    id: nodeId("User", user.id),
    databaseId: user.id,
    login: typename === "Bot" ? user.login.replace(/\[bot\]$/, "") : user.login,
    name: user.name,
    email: "",
    url: rendered.html_url,
    resourcePath: `/${user.login}`,
    avatarUrl: () => rendered.avatar_url,
  };
}
