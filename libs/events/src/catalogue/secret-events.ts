import { Type } from 'typebox';
import { id, natural } from './shapes.js';

/** Of 16 384 characters, encrypted and in base64. */
const sealed = Type.String({ minLength: 1, maxLength: 98_304 });

/** Stream `secrets`: what jobs are given and nobody else reads. */
export const secretEvents = {
  /**
   * The value of a secret from here on, encrypted (AES-256-GCM, bound to ledger, name and version) by the data key
   * `key`, which is beside the ledger. What runs keeps the version that it was started with.
   */
  SecretSet: Type.Object({ name: id, version: natural, key: id, sealed }),
  /** Nothing is given it any more, and the keys of all its versions are to be forgotten. */
  SecretRemoved: Type.Object({ name: id }),
  /** These data keys are gone: what they encrypted can be read by nobody, here and in any copy of the ledger. */
  SecretShredded: Type.Object({ name: id, keys: Type.Array(id, { minItems: 1 }) }),
};
