import type { ErrorEntry } from './error-entry.js';

/** What whoever orders something of secrets can mend. */
export const secretErrors = {
  'secret-unknown': {
    status: 404,
    title: 'The secret is not known',
    remedy: 'List them: oakring secret ls. A root sees its own.',
  },
  'secret-exists': {
    status: 409,
    title: 'A secret of this name is there',
    remedy: 'Give it a new value (oakring secret rotate), or choose another name.',
  },
  'secret-name-wanted': {
    status: 409,
    title: 'A job of somebody else names a secret of this name',
    remedy: 'Choose another name: that job would be given the value.',
  },
  'secret-changed': {
    status: 409,
    title: 'The secret was changed meanwhile',
    remedy: 'Look at it again (oakring secret ls), and repeat the order if it is still wanted.',
  },
  'secret-missing': {
    status: 409,
    title: 'A job names a secret that is not there',
    remedy: 'Set it first (oakring secret set), or correct its name in the job.',
  },
  'too-many-secrets': {
    status: 409,
    title: 'There are as many secrets, or versions of one in use, as there may be',
    remedy:
      'Remove some that nothing uses (oakring secret rm), or restart the jobs that use old versions.',
  },
} as const satisfies Record<string, ErrorEntry>;
