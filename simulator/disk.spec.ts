import { describe, expect, it } from '@jest/globals';
import { emptyHead } from '@oakring/events';
import { Disk } from './disk.js';
import { Life } from './world.js';

const head = (position: number) => ({ ...emptyHead, position });
const change = (key: string) => ({ view: 'jobs', key, record: { id: key } });

describe('A machine’s disk', () => {
  it('takes nothing from a process that has ended, which saves only what changed since its last save', async () => {
    const disk = new Disk();
    const [ended, next] = [new Life('manager-1'), new Life('manager-1')];
    const itsOwn = disk.usedBy(ended);
    await itsOwn.save([change('a'), change('b')], head(1), 1);
    ended.isDead = true;
    await disk.clear();
    await itsOwn.save([change('b')], head(2), 1);
    expect(await disk.usedBy(next).load()).toBeNull();
    await disk.usedBy(next).save([change('a'), change('b')], head(1), 1);
    await itsOwn.clear();
    expect(await disk.usedBy(next).load()).toMatchObject({ head: { position: 1 } });
  });
});
