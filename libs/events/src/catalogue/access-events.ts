import { Type } from 'typebox';
import { id, labels, natural, text } from './shapes.js';

/** Stream `access`: who may speak to the managers, and who tried without. */
export const accessEvents = {
  /**
   * Whoever shows the token with this hash (SHA-256 of its text, hexadecimal) is `name` from here on, and may what
   * `role` may, until `expiresAt` (milliseconds since 1970). `nodes`: orders about nodes with these labels only, and
   * what joins by it has them. `joins`: so many nodes may, of these ids where some are named.
   */
  TokenGranted: Type.Object({
    name: id,
    role: id,
    hash: text,
    expiresAt: natural,
    nodes: Type.Optional(labels),
    joins: Type.Optional(Type.Object({ uses: natural, ids: Type.Optional(Type.Array(id)) })),
  }),
  TokenGrantRefused: Type.Object({ name: id, code: text, detail: text }),
  /** It holds no more, at any manager. */
  TokenRevoked: Type.Object({ name: id }),
  /**
   * Requests over HTTP that were refused, by why: without a token that holds, by one that may not; with the latter
   * messages at the broker of a manager's own in the name of a node that their sender is not (`PUBLISH` and the topic). Some
   * are told of; `name`: whose token it was, null where it was nobody's; `node`: as which it was to let somebody in, or in
   * whose name it was said.
   * `orders`: refusals that are no event of their own, because whoever ordered was refused too often; `others`: as many
   * more.
   */
  RequestsRefused: Type.Object({
    unauthorized: natural,
    forbidden: natural,
    withinMs: natural,
    shown: Type.Array(
      Type.Object({
        code: text,
        request: text,
        from: text,
        name: Type.Union([id, Type.Null()]),
        node: Type.Optional(id),
      }),
    ),
    orders: Type.Optional(Type.Array(Type.Object({ name: id, code: text, count: natural }))),
    others: Type.Optional(natural),
  }),
};
