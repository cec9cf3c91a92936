import { keysToShred, type ClusterState } from '@oakring/model';
import type { Command } from '../commands/command.js';
import type { Chance } from './random-job.js';

interface Draw extends Chance {
  readonly state: ClusterState;
}

type Drawn<T extends Command['type']> = Extract<Command, { type: T }>;

const secretNames = ['db', 'hub', 'spare'];

export const firstSecrets = secretNames.map((name): Command => {
  return { type: 'SetSecret', name, version: 1, key: `key of ${name}`, sealed: `${name} 1` };
});

/** A job that is given secrets, now and then. */
export function naming({ pick }: Chance): Record<string, unknown> {
  const secret = pick(['db', 'hub']);
  return pick([{}, {}, {}, {}, { environment: { A: { secret } } }]);
}

/** Some order about secrets that may come next, sensible or not. */
export const secretDraws = {
  SetSecret: ({ state, pick, number }: Draw): Drawn<'SetSecret'> => {
    const name = pick(secretNames);
    const version = (state.secrets.get(name)?.versions.at(-1)?.version ?? 0) + pick([1, 1, 1, 0]);
    const key = `key ${number(1_000_000_000)}`;
    return { type: 'SetSecret', name, version, key, sealed: `${name} ${version}` };
  },
  // Mostly one that no job names: without its secrets nothing of a job moves.
  RemoveSecret: ({ pick }: Draw): Drawn<'RemoveSecret'> => ({
    type: 'RemoveSecret',
    name: pick(['db', 'spare', 'spare', 'spare', 'spare', 'spare']),
  }),
  RecordShredding: ({ state, pick }: Draw): Drawn<'RecordShredding'> => {
    const name = pick(secretNames);
    const secret = state.secrets.get(name);
    const keys = secret === undefined ? ['none'] : keysToShred(state, secret);
    return { type: 'RecordShredding', name, keys };
  },
};
