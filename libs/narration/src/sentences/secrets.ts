import type { Sentences } from './sentence.js';

/** What happened to secrets; never what they are. */
export const secretSentences: Sentences<'SecretSet' | 'SecretRemoved' | 'SecretShredded'> = {
  SecretSet: ({ name, version }) =>
    version === 1 ? `secret ${name} set` : `secret ${name} has version ${version} now`,
  SecretRemoved: ({ name }, { colors }) =>
    colors.yellow(`secret ${name} removed; its keys are being forgotten`),
  SecretShredded: ({ name, keys }) =>
    `${keys.length} ${keys.length === 1 ? 'key' : 'keys'} of secret ${name} forgotten: what they encrypted can be read nowhere any more`,
};
