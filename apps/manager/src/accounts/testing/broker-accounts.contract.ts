import { afterEach, describe, expect, it } from '@jest/globals';
import type { BrokerAccounts } from '../broker-accounts.port.js';

export interface AccountsUnderTest {
  readonly accounts: BrokerAccounts;
  /** Whether the broker lets somebody in. */
  letsIn(username: string, password: string): Promise<boolean>;
  /** The broker has this account as well, which is no node's. */
  readonly another: string;
  stop(): Promise<void>;
}

/** What holds for whatever keeps accounts. */
export function brokerAccountsContract(
  name: string,
  start: () => Promise<AccountsUnderTest>,
): void {
  describe(`Accounts of nodes: ${name}`, () => {
    let under: AccountsUnderTest;
    afterEach(() => under.stop());

    it('let a node in by its secret, and by no other', async () => {
      under = await start();
      expect(await under.letsIn('n1', 'one')).toBe(false);
      expect(await under.accounts.whyTaken('n1')).toBeNull();
      await under.accounts.keep('n1', 'one');
      expect(await under.accounts.whyTaken('n1')).toBeNull();
      expect(await under.letsIn('n1', 'one')).toBe(true);
      expect(await under.letsIn('n1', 'two')).toBe(false);
      expect(await under.letsIn('n2', 'one')).toBe(false);
    });

    it('may be kept again, alike or with another secret', async () => {
      under = await start();
      await under.accounts.keep('n1', 'one');
      await under.accounts.keep('n1', 'one');
      expect(await under.letsIn('n1', 'one')).toBe(true);
      await under.accounts.keep('n1', 'two');
      expect(await under.letsIn('n1', 'one')).toBe(false);
      expect(await under.letsIn('n1', 'two')).toBe(true);
    });

    it('are many at once', async () => {
      under = await start();
      const ids = Array.from({ length: 150 }, (_, number) => `n${number}`);
      await Promise.all(ids.map((id) => under.accounts.keep(id, `secret of ${id}`)));
      expect(await under.letsIn('n149', 'secret of n149')).toBe(true);
      const left = new Set(ids.slice(0, 3));
      expect([...(await under.accounts.sweep((id) => left.has(id)))].sort()).toEqual(
        ids.slice(3).sort(),
      );
      expect(await under.letsIn('n2', 'secret of n2')).toBe(true);
      expect(await under.letsIn('n3', 'secret of n3')).toBe(false);
    });

    it('end where a node stands no more, and can be had again', async () => {
      under = await start();
      await under.accounts.keep('n1', 'one');
      expect(await under.accounts.sweep(() => false)).toEqual(['n1']);
      expect(await under.letsIn('n1', 'one')).toBe(false);
      expect(await under.accounts.sweep(() => false)).toEqual([]);
      await under.accounts.keep('n1', 'new');
      expect(await under.letsIn('n1', 'new')).toBe(true);
    });

    it('are never those of others', async () => {
      under = await start();
      expect(await under.accounts.whyTaken(under.another)).toMatchObject({ code: 'node-id-taken' });
      await expect(under.accounts.keep(under.another, 'guess')).rejects.toMatchObject({
        code: 'node-id-taken',
      });
      expect(await under.letsIn(under.another, 'guess')).toBe(false);
      expect(await under.accounts.sweep(() => false)).toEqual([]);
    });
  });
}
