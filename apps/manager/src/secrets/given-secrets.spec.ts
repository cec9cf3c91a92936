import { describe, expect, it } from '@jest/globals';
import { commandTo, given, plan, ready, restoredAs, submitJob } from '../testing/given.js';
import { secretsOfOrders } from './given-secrets.js';

const set = (name: string) =>
  ({
    type: 'SetSecret',
    name,
    version: 1,
    key: `key of ${name}`,
    sealed: `sealed ${name}`,
  }) as const;
const nodes = ready('a', { features: ['docker:secrets'] });
const environment = { A: { secret: 'one' }, B: { secret: 'two' }, C: 'plain' };

/** Opens what it is given for, as a vault does. */
const vault = {
  unseal: async (
    { key, sealed }: { readonly key: string; readonly sealed: string },
    { ledger, name, version }: { ledger: string; name: string; version: number },
  ) => (key === 'key of two' ? null : `${sealed} of ${ledger} ${name} ${version}`),
};

describe('What an order brings', () => {
  it('is what can be read of what its instance was given, and nothing else', async () => {
    const cluster = restoredAs(given(...nodes, set('one'), set('two'), set('three')));
    cluster.when(submitJob('j', { environment }));
    cluster.when(plan('j', 'a'));
    const command = cluster.state.commands.get(commandTo(cluster, 'a', 'deploy'));
    const secretsOf = secretsOfOrders(vault, () => cluster.state);
    if (command === undefined) throw new Error('nothing was ordered');
    expect(await secretsOf(command)).toEqual({ one: 'sealed one of c-1 one 1' });
    expect(secretsOf({ ...command, kind: 'delete' })).toBeNull();
  });

  it('is nothing that has to be waited for where its job names none', () => {
    const cluster = given(...nodes, submitJob('j'), plan('j', 'a'));
    const command = cluster.state.commands.get(commandTo(cluster, 'a', 'deploy'));
    if (command === undefined) throw new Error('nothing was ordered');
    expect(secretsOfOrders(vault, () => cluster.state)(command)).toBeNull();
  });
});
