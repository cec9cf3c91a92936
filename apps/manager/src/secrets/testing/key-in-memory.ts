import { newSealingKey } from '@oakring/host';
import type { MasterKeyPlace } from '../master-key.js';

/** A key that ends with the process, made at its first use. */
export function keyInMemory(): MasterKeyPlace {
  let key: Buffer | null = null;
  return {
    path: 'memory',
    read: async () => key,
    make: async () => (key = newSealingKey()),
  };
}
