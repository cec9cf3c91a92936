import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { holderOf, lockFolder } from '../folder-lock.js';
import { examineFolder } from './examine-folder.js';
import { examineMachine } from './examine-machine.js';
import { examinePort } from './examine-port.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-examined-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('A folder that is looked at', () => {
  it('is not made; it is said where it will be', async () => {
    const [first] = await examineFolder(join(folder, 'a/b'), 'data folder');
    expect(first).toMatchObject({ level: 'ok', seen: `it will be made in ${folder}` });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is refused in the words of a start when others can look into it', async () => {
    chmodSync(folder, 0o755);
    const [only, ...more] = await examineFolder(folder, 'data folder');
    expect(only).toMatchObject({ level: 'bad', seen: expect.stringContaining('chmod -R go-rwx') });
    expect(more).toEqual([]);
  });

  it('has room, and a kind of file system, that are told', async () => {
    const found = await examineFolder(folder, 'data folder');
    expect(found.map(({ looked }) => looked)).toEqual([
      'data folder',
      'room for data folder',
      'file system of data folder',
    ]);
  });

  it('tells who has it, without taking it', async () => {
    expect(await holderOf(join(folder, 'none'))).toEqual({ status: 'nobody' });
    const holder = { pid: process.pid, what: 'a manager' };
    const lock = await lockFolder(folder, holder);
    expect(await holderOf(folder)).toEqual({ status: 'holder', holder });
    await lock.release();
    expect(await holderOf(folder)).toEqual({ status: 'nobody' });
  });

  it('cannot be made where no folder is', async () => {
    writeFileSync(join(folder, 'file'), '');
    const [only] = await examineFolder(join(folder, 'file/data'), 'data folder');
    expect(only).toMatchObject({ level: 'bad', remedy: expect.stringContaining('install -d') });
  });
});

describe('A port that is looked at', () => {
  let server: Server;
  let port: number;
  beforeEach(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // Listening on TCP, it has such an address.
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const place = () => ({
    ...{ name: 'manager', setting: 'OAKRING_PORT', address: '127.0.0.1', port },
  });

  it('is free when nobody listens there', async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await examinePort(place(), async () => null)).toMatchObject({ level: 'ok' });
  });

  it('is ours when the process that listens there is known as ours', async () => {
    const ours = async (pid: number | null) => (pid === process.pid ? 'that is us' : null);
    expect(await examinePort(place(), ours)).toMatchObject({
      ...{ level: 'ok', seen: 'it is ours: that is us' },
    });
  });

  it('is refused with the process that has it, and the setting that chooses another', async () => {
    expect(await examinePort(place(), async () => null)).toMatchObject({
      level: 'bad',
      seen: expect.stringContaining(`process ${process.pid} (`),
      remedy: expect.stringContaining('OAKRING_PORT'),
    });
  });

  it('is refused where no interface has the address', async () => {
    const elsewhere = { ...place(), address: '192.0.2.1' };
    expect(await examinePort(elsewhere, async () => null)).toMatchObject({
      ...{ level: 'bad', seen: expect.stringContaining('EADDRNOTAVAIL') },
    });
  });
});

describe('The machine that the tests run on', () => {
  it('has open files, memory and a version of Node that can be told', () => {
    const found = examineMachine({ openFiles: 1, memoryBytes: 1 });
    expect(found.slice(0, 3)).toEqual(
      ['node', 'open files', 'memory'].map((part) =>
        expect.objectContaining({ part, level: 'ok' }),
      ),
    );
  });
});
