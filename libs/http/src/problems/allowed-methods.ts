import type { FastifyInstance } from 'fastify';

/** Which methods an address answers to, for 405 instead of a misleading 404. */
export interface AllowedMethods {
  /** To be called before routes are registered. */
  watch(server: FastifyInstance): void;
  /** Methods of the routes that the path matches, sorted; empty when there is nothing there. */
  of(path: string): readonly string[];
}

export function allowedMethods(): AllowedMethods {
  const methodsOf = new Map<string, Set<string>>();
  return {
    watch(server) {
      server.addHook('onRoute', ({ url, method }) => {
        const methods = methodsOf.get(url) ?? new Set<string>();
        for (const one of [method].flat()) methods.add(one);
        methodsOf.set(url, methods);
      });
    },
    of(path) {
      const found = new Set<string>();
      for (const [pattern, methods] of methodsOf) {
        if (matches(pattern, path)) for (const method of methods) found.add(method);
      }
      return [...found].sort();
    },
  };
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => part.startsWith(':') || part === given[index])
  );
}
