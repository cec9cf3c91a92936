import { describe, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { connectMongodb } from './connect-mongodb.js';
import { contradictionsIn, contradictionsOf } from './refuse-options.js';

const base = 'mongodb://a:27017,b:27017,c:27017/oakring?replicaSet=rs';

describe('The address of a store', () => {
  it.each([
    'readConcernLevel=local',
    'readconcernlevel=available',
    'journal=false',
    'j=false',
    'w=1',
    'readPreference=secondaryPreferred',
    'retryWrites=true',
    'socketTimeoutMS=60000',
    'wtimeoutMS=1',
    'loadBalanced=true',
    'promoteValues=false',
    'useBigInt64=true',
    'minHeartbeatFrequencyMS=100000',
    'waitQueueTimeoutMS=1',
  ])('is refused with an option that weakens what is promised: %s', async (option) => {
    const url = `${base}&${option}`;
    expect(contradictionsIn(url)).toHaveLength(1);
    await expect(connectMongodb(url)).rejects.toMatchObject({
      code: 'store-unsuitable',
      message: expect.stringContaining(option.split('=', 1)[0] ?? ''),
    });
  });

  it('may say what is so anyway, and how to get in', () => {
    const same = 'readConcernLevel=majority&w=majority&journal=true&retryWrites=false';
    const access =
      'authSource=admin&authMechanism=SCRAM-SHA-256&tls=true&tlsCAFile=/ca.pem&directConnection=true&appName=a';
    expect(contradictionsIn(`${base}&${same}&${access}`)).toEqual([]);
  });

  it.each([
    'tlsInsecure=true',
    'tlsAllowInvalidCertificates=true',
    'TLSALLOWINVALIDHOSTNAMES=false',
  ])('may not have anybody believed who is not verified: %s', (option) => {
    expect(contradictionsIn(`${base}&tls=true&${option}`)).toEqual([
      expect.stringContaining('verifying'),
    ]);
  });

  it('is judged by what the driver made of it', () => {
    const { options } = new MongoClient(`${base}&readConcernLevel=local&journal=false`);
    const found = contradictionsOf(options).join('; ');
    expect(found).toContain('readConcernLevel=local');
    expect(found).toContain('journal=false');
  });
});
