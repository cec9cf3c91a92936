import { describe, expect, it } from '@jest/globals';
import { databaseOf } from './connect-mongodb.js';

describe('a MongoDB URL', () => {
  it.each([
    ['mongodb://a:1/ledger', 'ledger'],
    ['mongodb://a:1,b:2,c:3/ledger?replicaSet=rs', 'ledger'],
    ['mongodb+srv://cluster.example/ledger?w=1', 'ledger'],
    ['mongodb://user:p%2Fw@a:1/my%20db', 'my db'],
    ['mongodb://a:1', 'oakring'],
    ['mongodb://a:1/', 'oakring'],
    ['mongodb://a:1,b:2/?replicaSet=rs', 'oakring'],
    ['mongodb://a:1?replicaSet=rs', 'oakring'],
  ])('%s names the database %s', (url, name) => {
    expect(databaseOf(url)).toBe(name);
  });
});
