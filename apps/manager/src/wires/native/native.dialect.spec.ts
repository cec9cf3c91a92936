import { describe, expect, it } from '@jest/globals';
import { dialectContract, orders } from '../dialect.contract.js';
import { nativeDialect } from './native.dialect.js';

dialectContract(nativeDialect);

describe('The native dialect', () => {
  it('has a word for every order', () => {
    for (const order of Object.values(orders)) {
      expect(nativeDialect.encode('edge-1', order)).toMatchObject({ ok: true });
    }
  });

  it('refuses a registration in the name of another node than its topic names', () => {
    const topic = nativeDialect.up.find(({ says }) => says === 'registration');
    const payload = Buffer.from('{"id":"edge-2","name":"n","ip":"10.0.0.1","port":1}');
    if (topic === undefined) throw new Error('nobody can register');
    expect(topic.decode('edge-1', payload)).toMatchObject({
      refusal: { code: 'id-mismatch', field: 'id' },
    });
    expect(topic.decode('edge-2', payload)).toMatchObject({
      value: { what: 'registration', said: { registration: { id: 'edge-2' } } },
    });
  });
});
