import { describe, expect, it } from '@jest/globals';
import { isLoopbackAddress, refuseOpenListener, servedAt } from './open-listener.js';

describe('a loopback address', () => {
  it.each(['127.0.0.1', '127.255.3.4', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'])(
    'is %s',
    (address) => {
      expect(isLoopbackAddress(address)).toBe(true);
    },
  );

  it.each([
    '127.some.name',
    '127.0.0.1.example.org',
    'localhost',
    '128.0.0.1',
    '0.0.0.0',
    '::',
    '::2',
    '127.1',
    '',
  ])('is not %s', (address) => {
    expect(isLoopbackAddress(address)).toBe(false);
  });
});

describe('What is said beyond loopback', () => {
  const tls = { tls: 'auto', tlsCert: '', tlsKey: '', tlsCa: '', data: '/nowhere' } as const;
  const listener = { host: '0.0.0.0', missing: [], allowOpen: false, tls };
  const judged = (changes: object, address = '0.0.0.0') =>
    refuseOpenListener(address, { ...listener, ...changes });

  it('is encrypted, or the start is refused with the command that mends it', () => {
    expect(() => judged({})).toThrow(
      /OAKRING_HOST=0\.0\.0\.0 .*oakring certs init --data \/nowhere/,
    );
    expect(() => judged({ tls: { ...tls, tls: 'false' } })).toThrow('OAKRING_TLS=false');
    expect(() => judged({ host: 'berlin' })).toThrow('OAKRING_HOST=berlin (0.0.0.0)');
    expect(() => judged({ missing: ['OAKRING_TOKEN'] })).toThrow('OAKRING_TOKEN is not set');
  });

  it('is not where a proxy encrypts it, where the network is closed, or where nobody else listens', () => {
    expect(judged({ tls: { ...tls, tls: 'proxy' } })).toBeUndefined();
    expect(judged({ allowOpen: true })).toBeUndefined();
    expect(judged({}, '127.0.0.1')).toBeUndefined();
  });

  it('is by what is named, or asked for; whether it can be read is seen when it is', () => {
    const files = { cert: '/c.pem', key: '/nowhere/certs/server.key', ca: '/nowhere/certs/ca.crt' };
    const named = { ...tls, tlsCert: '/c.pem' };
    expect(judged({ tls: named })).toBeUndefined();
    expect(servedAt('0.0.0.0', named)).toEqual(files);
    expect(servedAt('127.0.0.1', named)).toBeNull();
    expect(servedAt('127.0.0.1', { ...named, tls: 'true' })).toEqual(files);
    expect(servedAt('0.0.0.0', { ...named, tls: 'proxy' })).toBeNull();
  });
});
