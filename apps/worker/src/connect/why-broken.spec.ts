import { describe, expect, it } from '@jest/globals';
import { whyBroken, whyClosed } from './why-broken.js';

function failed(code: string, message = 'it failed'): string {
  return whyBroken(Object.assign(new Error(message), { code }));
}

describe('Why a broker is not reached', () => {
  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', 'OAKRING_TLS_CA'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'OAKRING_TLS_CA'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certs renew --name'],
    ['CERT_HAS_EXPIRED', '"oakring certs renew"'],
  ])('%s is said with what to do', (code, remedy) => {
    expect(failed(code)).toMatch(/^it failed; /);
    expect(failed(code)).toContain(remedy);
  });

  it('is said as it is where nothing more is known', () => {
    expect(failed('ECONNREFUSED', 'connect ECONNREFUSED')).toBe('connect ECONNREFUSED');
    expect(whyBroken(new AggregateError([]))).toBe('AggregateError');
  });

  it('names TLS where a connection in the clear was ended without a word, and there alone', () => {
    expect(whyClosed('mqtt://broker:1883')).toContain('mqtts://');
    expect(whyClosed('mqtts://broker:8883')).toBe('the connection was closed');
  });
});
