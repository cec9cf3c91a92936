import { beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { CredentialFile, NodeCredential } from './credential-file.js';
import type { JoinWay } from './join-ways.js';
import { Joiner, NotLetIn } from './joiner.js';
import type { Asking, LetIn } from './letting-in.port.js';

const dayMs = 86_400_000;
const token: JoinWay = { bearer: 'join-token', isGiven: true, says: 'a join token' };
const own: JoinWay = { bearer: 'admin', isGiven: false, says: "this machine's manager" };

let ports: SimulatedPorts;
let file: FakeFile;
let manager: FakeManager;
let way: JoinWay | null;
let log: string[];
let joiner: Joiner;

beforeEach(() => {
  ports = simulatedPorts();
  file = new FakeFile();
  manager = new FakeManager(file);
  way = token;
  log = [];
  joiner = started();
});

/** As its next start has it: what is in the file. */
function started(): Joiner {
  return new Joiner({
    node: 'n1',
    // Not to be made but by reading a folder.
    credential: file as unknown as CredentialFile,
    manager: (asking) => manager.ask(asking),
    way: async () => way,
    tokenFile: '/etc/join.token',
    registrationToken: () => 'registered',
    certificate: null,
    ports,
    log: (kind, text) => log.push(`${kind} ${text}`),
  });
}

/** Kept in memory, with what was kept before. */
class FakeFile {
  kept: NodeCredential[] = [];

  of(node: string): NodeCredential | null {
    const newest = this.kept.at(-1);
    return newest?.node === node ? newest : null;
  }

  async keep(credential: NodeCredential): Promise<void> {
    this.kept.push(credential);
  }
}

/** Lets in whoever shows a bearer that it knows, and knows the secrets of nodes. */
class FakeManager {
  readonly asked: Asking[] = [];
  /** Null: nobody. */
  secret: string | null = null;
  revoked: string[] = [];
  /** What lets in. */
  bearers = ['join-token', 'admin'];
  answersNothing = false;
  losesAnswers = 0;

  constructor(private readonly file: FakeFile) {}

  async ask(asking: Asking): Promise<LetIn> {
    this.asked.push(asking);
    if (this.answersNothing) return { is: 'away', why: 'ECONNREFUSED' };
    const answer = this.answer(asking);
    if (this.losesAnswers === 0) return answer;
    this.losesAnswers -= 1;
    return { is: 'away', why: 'the connection broke' };
  }

  private answer({ bearer, secret }: Asking): LetIn {
    // Whatever it is told must be kept first: an answer may be lost.
    const { secret: kept, next } = this.file.of('n1') ?? {};
    expect([kept, next]).toContain(secret);
    if (!this.bearers.includes(bearer) && bearer !== this.secret) {
      return { is: 'refused', why: '401 unauthorized: it holds no more.' };
    }
    if (this.revoked.includes(secret)) {
      return { is: 'refused', why: '403 forbidden: it was revoked.' };
    }
    this.secret = secret;
    return { is: 'joined', certificate: null };
  }
}

describe('A worker that may be let in', () => {
  it('makes a secret, keeps it, says it, and shows it from then on', async () => {
    const shown = await joiner.shown();
    expect(shown).toEqual({ username: 'n1', password: manager.secret });
    expect(manager.asked).toEqual([
      {
        bearer: 'join-token',
        node: 'n1',
        secret: shown.password,
        registrationToken: 'registered',
        csr: null,
      },
    ]);
    expect(joiner.standing).toMatch(/^its own, since \d{4}-/);
    // What it was let in by is of no use any more, and is not asked for.
    way = null;
    expect(await started().shown()).toEqual(shown);
    expect(manager.asked).toHaveLength(1);
  });

  it('says the same secret until it is answered, over starts as well', async () => {
    manager.losesAnswers = 2;
    await expect(joiner.shown()).rejects.toThrow(NotLetIn);
    await expect(started().shown()).rejects.toThrow(/cannot be asked: the connection broke/);
    await started().shown();
    expect(new Set(manager.asked.map(({ secret }) => secret)).size).toBe(1);
  });

  it('shows nothing where nobody lets it in, and joins once somebody does', async () => {
    way = null;
    expect(await joiner.shown()).toEqual({ username: null, password: null });
    expect(file.kept).toEqual([]);
    await joiner.refused();
    expect(log.at(-1)).toMatch(/^refused .*oakring token create --role join --name n1 --ids n1/);
    way = own;
    expect(await joiner.shown()).toMatchObject({ username: 'n1' });
  });

  it('shows nothing to a manager of before, which knows nothing of it', async () => {
    manager.ask = async () => ({ is: 'unknown', why: '404' });
    expect(await joiner.shown()).toEqual({ username: null, password: null });
  });

  it('makes another secret under another id', async () => {
    await joiner.shown();
    file.kept.push({ node: 'n2', secret: 'of-n2', since: '2026-01-01T00:00:00Z', next: null });
    expect((await joiner.shown()).password).not.toBe('of-n2');
  });

  it('says no secret in its log, and nothing twice', async () => {
    manager.bearers = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(joiner.shown()).rejects.toThrow(/does not let this worker in: 401/);
      await ports.advance(300_000);
    }
    expect(log).toHaveLength(1);
    const secrets = [...file.kept.map(({ secret }) => secret), 'join-token'];
    for (const secret of secrets) expect(log.join()).not.toContain(secret);
  });
});

describe('A worker that the broker refuses', () => {
  beforeEach(async () => {
    await joiner.shown();
    await joiner.refused();
  });

  it('asks the manager by its own secret, and shows it again where that one knows it', async () => {
    const shown = await joiner.shown();
    expect(shown.password).toBe(manager.secret);
    expect(manager.asked.at(-1)?.bearer).toBe(shown.password);
    expect(log.at(-1)).toMatch(/the broker does not take its credential yet/);
  });

  it('shows it again where nobody can say', async () => {
    manager.answersNothing = true;
    expect((await joiner.shown()).password).toBe(manager.secret);
  });

  it.each([token, own])('joins again, as before, where it was forgotten: by $says', async (by) => {
    way = by;
    const before = manager.secret;
    manager.secret = null;
    expect((await joiner.shown()).password).toBe(before);
    expect(manager.secret).toBe(before);
  });

  it('shows nothing more once it was revoked, and says what to do', async () => {
    revoke();
    await expect(joiner.shown()).rejects.toThrow(/401 .*oakring token create --role join/);
    expect(joiner.standing).toMatch(/^NOT LET IN: /);
    expect(log.at(-1)).toMatch(/What runs here goes on$/);
  });

  it('is not let in again by what lies on its machine for everything: a revocation holds', async () => {
    way = own;
    revoke(['admin']);
    await expect(joiner.shown()).rejects.toThrow(NotLetIn);
    // Its next start knows no better.
    const next = started();
    await next.refused();
    await expect(next.shown()).rejects.toThrow(NotLetIn);
    expect(manager.secret).toBeNull();
  });

  it('is let in by a token that is given after that, with another secret', async () => {
    const before = manager.secret;
    revoke();
    await expect(joiner.shown()).rejects.toThrow(NotLetIn);
    way = { ...token, bearer: 'newer' };
    manager.bearers = ['newer'];
    const { password } = await joiner.shown();
    expect(password).toBe(manager.secret);
    expect(password).not.toBe(before);
    expect(log.at(-1)).toMatch(/^joined joined as n1/);
  });

  it('does not ask all the time for what was refused', async () => {
    revoke();
    for (let attempt = 0; attempt < 20; attempt += 1) {
      await expect(joiner.shown()).rejects.toThrow(NotLetIn);
    }
    const asked = manager.asked.length;
    await ports.advance(300_000);
    await expect(joiner.shown()).rejects.toThrow(NotLetIn);
    expect(asked).toBeLessThan(6);
    expect(manager.asked.length).toBeGreaterThan(asked);
  });

  function revoke(bearers: string[] = []): void {
    manager.revoked = [manager.secret ?? ''];
    manager.secret = null;
    manager.bearers = bearers;
  }
});

describe('A secret that is 30 days old', () => {
  let before: string | null;
  beforeEach(async () => {
    before = (await joiner.shown()).password;
    manager.bearers = [];
    await ports.advance(29 * dayMs);
    expect((await joiner.shown()).password).toBe(before);
    await ports.advance(2 * dayMs);
  });

  it('is replaced by another one, which it lets in itself', async () => {
    const { password } = await joiner.shown();
    expect(password).not.toBe(before);
    expect(password).toBe(manager.secret);
    expect(manager.asked.at(-1)).toMatchObject({ bearer: before, secret: password });
  });

  it('is replaced while the connection lasts', async () => {
    joiner.start();
    await ports.advance(dayMs);
    joiner.stop();
    expect(manager.secret).not.toBe(before);
  });

  it('is replaced once, whenever an answer is lost', async () => {
    manager.losesAnswers = 1;
    expect((await joiner.shown()).password).toBe(before);
    // The manager knows the other one only.
    const { password } = await started().shown();
    expect(password).toBe(manager.secret);
    expect(new Set(manager.asked.map(({ secret }) => secret)).size).toBe(2);
  });

  it.each([null, own, token])(
    'is replaced though the broker refuses the old one before the manager can be asked again (way: %j)',
    async (by) => {
      way = by;
      manager.losesAnswers = 1;
      expect((await joiner.shown()).password).toBe(before);
      manager.answersNothing = true;
      expect((await joiner.shown()).password).toBe(before);
      await joiner.refused();
      expect((await joiner.shown()).password).toBe(before);
      manager.answersNothing = false;
      await joiner.refused();
      expect((await joiner.shown()).password).toBe(manager.secret);
      expect(new Set(manager.asked.map(({ secret }) => secret)).size).toBe(2);
    },
  );

  it('is good for as long as nobody answers', async () => {
    manager.answersNothing = true;
    expect((await joiner.shown()).password).toBe(before);
  });
});
