import { isObject, type JsonObject } from '../parsing/parsing.js';

/** In a job document, where a text may stand: the value of a secret, which is not in the document. */
export interface SecretReference {
  readonly secret: string;
}

export const secretName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
export const secretNameExpectation =
  'not a name of 1 to 63 letters, digits, dots, underscores and dashes, the first a letter or a digit';
/** Characters of a value. */
export const maxSecretCharacters = 16_384;

export function isSecretReference(value: unknown): value is SecretReference {
  if (!isObject(value) || Object.keys(value).length !== 1) return false;
  const { secret } = value;
  return typeof secret === 'string' && secretName.test(secret);
}

/** The secrets that a document names, each once, sorted. */
export function secretsNamedIn({
  environment,
  registryCredentials,
}: JsonObject): readonly string[] {
  const values = isObject(environment) ? Object.values(environment) : [];
  const named = [...values, registryCredentials].filter(isSecretReference);
  return named.length === 0 ? none : [...new Set(named.map(({ secret }) => secret))].sort();
}

/** Asked of every job, and most name none. */
const none: readonly string[] = [];
