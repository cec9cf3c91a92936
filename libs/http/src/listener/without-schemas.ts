import type { FastifyServerOptions } from 'fastify';

const none = (): never => {
  throw new Error('A route has a schema: Fastify was made without compilers for them.');
};

/**
 * What Fastify is made with where no route has a schema. It loads its compilers for them otherwise,
 * which costs every start.
 */
export const withoutSchemas: Pick<FastifyServerOptions, 'schemaController'> = {
  schemaController: {
    compilersFactory: { buildValidator: () => none, buildSerializer: () => none },
  },
};
