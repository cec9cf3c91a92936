import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { JsonObject } from '@oakring/contracts';
import { toStart } from './runtime.contract.js';
import type { Runtime } from './runtime.port.js';

export interface CheckedRuntime {
  readonly runtime: Runtime;
  /** A job that runs until it is stopped, with WHERE=there in its environment, and listens nowhere. */
  readonly job: JsonObject;
  /** Processes of a command of this text. */
  running(text: string): Promise<number>;
}

const address = { job: 'web', instance: 0, generation: 1 };
const withinMs = 20_000;

/** What every runtime keeps that looks into its instances (`Runtime.check`). */
export function keepsTheChecksContract(make: () => Promise<CheckedRuntime>): void {
  let subject: CheckedRuntime;

  beforeEach(async () => {
    subject = await make();
    await subject.runtime.existing();
    const { signal } = new AbortController();
    await subject.runtime.start(toStart(address, subject.job), signal, () => {});
  });
  afterEach(async () => {
    await subject.runtime.stop(address);
    await subject.runtime.close();
  });

  const look = (command: readonly string[], timeoutMs = withinMs) =>
    subject.runtime.check?.(toStart(address, subject.job), { by: 'command', command }, timeoutMs);

  it('takes exit code 0 for well, and tells of any other what was said last', async () => {
    expect(await look(['/bin/sh', '-c', 'echo fine'])).toBeNull();
    expect(await look(['/bin/sh', '-c', 'echo no route >&2; exit 3'])).toBe(
      '/bin/sh ended with exit code 3: no route',
    );
  });

  it('looks from where the instance is: in its environment', async () => {
    expect(await look(['/bin/sh', '-c', '[ "$WHERE" = there ]'])).toBeNull();
  });

  it('says that there is no such program', async () => {
    expect(await look(['/no/such/program'])).toMatch(/no\/such\/program.*exit code 12[67]/);
  });

  it('ends a look that takes too long, and looks again', async () => {
    const hung = ['/bin/sh', '-c', 'sleep 598; true'];
    expect(await look(hung, 200)).toBe('/bin/sh gave no answer within 200 ms');
    while ((await subject.running('sleep 598')) > 0) await new Promise(setImmediate);
    expect(await look(['/bin/true'])).toBeNull();
  });

  it('says of a port that nobody listens to that it does not answer', async () => {
    const found = await subject.runtime.check?.(
      toStart(address, subject.job),
      { by: 'tcp', port: 9 },
      withinMs,
    );
    expect(found).toMatch(/:9 does not answer|cannot be reached/);
  });

  it('says nothing of what does not run', async () => {
    await subject.runtime.stop(address);
    await expect(look(['/bin/true'])).rejects.toThrow();
  });
}
