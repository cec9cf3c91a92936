type NodeCrypto = typeof import('node:crypto');

/**
 * Node's own crypto where there is one; undefined in a browser. Asked of the process instead of
 * imported, so that a bundle for a browser has nothing to leave out.
 */
export const nodeCrypto: NodeCrypto | undefined = (
  globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
).process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined;

/** The same in JavaScript: loaded only where Node's is not. */
export const portable =
  nodeCrypto === undefined ? (await import('./portable.js')).portable : undefined;
