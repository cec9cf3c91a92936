import {
  checkpointsStream,
  damageAt,
  ledgerVerifier,
  verifyBundle,
  type BundleCheck,
  type Commit,
  type Damage,
  type KnownKey,
  type LedgerReport,
  type LedgerStart,
} from '@oakring/events';
import type { Command } from 'commander';
import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { counted } from '../../render/measures.js';
import type { Terminal } from '../../terminal.js';
import { contextOf, type Context, type Surroundings } from '../context.js';
import { wholeNumber } from '../options.js';
import { isManagerUrl, shownIn, type ShownBundle } from './history-source.js';
import { heldTo, witnessKey, type KnownOptions } from './held.js';
import { holdBundle } from './held-bundle.js';
import { StampWatch, type FoundStamps } from './stamps.js';
import { verifyManager } from './verify-manager.js';
import { Witnessed } from './witnessed.js';
import { demandTrust, fingerprint, statusOf, verdictLines, type Found } from './verdict.js';
import { commitsIn, isLedgerFile } from './ledger-file.js';
import { behind, continuedFrom, startIn } from './from-checkpoint.js';
import { commitsFrom, commitsOf, damageLine, storeOf, type Walked } from './store.js';

interface VerifyOptions extends KnownOptions {
  readonly store?: string;
  readonly trust?: string;
  /** File of the certificates that time stamps must lead to. */
  readonly tsaCa?: string;
  /** A file of "audit checkpoint". */
  readonly fromCheckpoint?: string;
}

interface Started {
  /** What is before it was verified. */
  readonly start?: LedgerStart | null;
}

/** A progress line after so many commits. */
const progressEvery = 10_000;

export function addVerifyCommand(audit: Command, surroundings: Surroundings): void {
  audit
    .command('verify')
    .description('check a ledger, or a bundle of one, from its first byte to its last')
    .argument(
      '[bundle]',
      'file of "audit export" (a bundle, or all), or address of a manager; without it the store is checked',
    )
    .option('--store <store>', 'a folder or mongodb://… [OAKRING_STORE]')
    .option(
      '--trust <fingerprint>',
      'the one key that counts from the start; demands a seal by it or what it endorsed',
      fingerprint,
    )
    .option('--known <checkpoint>', 'file, text or address of a checkpoint: it must continue that')
    .option(
      '--witness <vkey>',
      'who must have cosigned what is shown, or --known; several times for several',
      witnessKey,
    )
    .option('--quorum <n>', 'how many of them (default: all)', wholeNumber)
    .option('--older-copy', 'what was seen of the cluster may be newer than this copy')
    .option(
      '--tsa-ca <pem>',
      'certificates that time stamps must lead to; demands that they cover what is shown',
    )
    .option(
      '--from-checkpoint <file>',
      'of "audit checkpoint": only what came after it; what is before was verified when it was made',
    )
    .action(async (bundle: string | undefined, options: VerifyOptions, command: Command) => {
      const context = contextOf(surroundings, command, bundle);
      refuseTogether(bundle, options);
      if (options.fromCheckpoint !== undefined) {
        await verifyBehind(context, surroundings, bundle, options);
      } else if (bundle === undefined) {
        const commits = commitsOf(storeOf(surroundings.env, options.store), context.ports);
        await verifyLedger(context, surroundings, commits, options);
      } else if (isManagerUrl(bundle)) {
        await verifyManager(context, surroundings, options);
      } else if (await readable(bundle, isLedgerFile)) {
        await verifyLedger(context, surroundings, commitsIn(bundle, context.ports), options);
      } else await verifyBundleFile(context, surroundings, bundle, options);
    });
}

/** From the end of a checkpoint that was made of this ledger before. */
async function verifyBehind(
  context: Context,
  { env, ...surroundings }: Surroundings,
  path: string | undefined,
  { fromCheckpoint: file = '', known, witness, store, ...options }: VerifyOptions,
): Promise<void> {
  if (known !== undefined || witness !== undefined) {
    const detail = `What ${known === undefined ? '--witness' : '--known'} names may lie before the checkpoint: verify the whole ledger.`;
    throw new CommandFailure(detail, exitCodes.usage);
  }
  const start = await startIn(file, options.trust ?? null);
  const from = start.head.position;
  const { ports } = context;
  const commits =
    path === undefined
      ? commitsFrom(storeOf(env, store), from, ports)
      : commitsIn(path, ports, { from });
  // What was seen of the cluster may lie before it as well.
  const unseen = { ...surroundings, env: {} };
  await verifyLedger(context, unseen, behind(commits, { start, file }), {
    ...options,
    start,
  });
}

/** What would be passed over: a demand that nothing is held to must not end with 0. */
function refuseTogether(bundle: string | undefined, options: VerifyOptions): void {
  if (bundle === undefined) return;
  if (options.store !== undefined) {
    const detail = `${bundle} and --store ${options.store} are two ledgers: name one of them.`;
    throw new CommandFailure(detail, exitCodes.usage);
  }
  const { trust, tsaCa } = options;
  const demand = trust === undefined ? '--tsa-ca' : '--trust';
  if (!isManagerUrl(bundle) || (trust ?? tsaCa) === undefined) return;
  const detail = `${demand} judges what lies in a ledger: name a bundle of it, or its --store.`;
  throw new CommandFailure(detail, exitCodes.usage);
}

/** Reads a file, or says why it cannot. */
async function readable<T>(path: string, read: (path: string) => Promise<T>): Promise<T> {
  return read(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EISDIR') {
      const detail = `${path} is a folder, no file. A ledger is named with --store ${path}`;
      throw new CommandFailure(detail, exitCodes.usage);
    }
    throw new CommandFailure(`${path} cannot be read: ${error.message}`, exitCodes.unreachable);
  });
}

async function verifyLedger(
  context: Context,
  surroundings: Surroundings,
  commits: AsyncIterable<Walked>,
  { store: _, trust, tsaCa, start = null, ...known }: VerifyOptions & Started,
): Promise<void> {
  const { terminal, json } = context;
  const held = await heldTo(context, surroundings, known);
  const stamps = await StampWatch.of(tsaCa);
  const verifier = ledgerVerifier({ trust: trust ?? null, start });
  for await (const walked of commits) {
    const damage = walked.status === 'damaged' ? walked.damage : verifier.next(walked.commit);
    if (damage !== null) refuseDamage(damage, context);
    if (walked.status !== 'commit') continue;
    held.take(walked.commit);
    const judged = stamps.take(walked.commit);
    const broken = judged === null ? null : await judged;
    if (broken !== null) refuseDamage(broken, context);
    tellProgress(terminal, walked.commit.position);
  }
  clearProgress(terminal);
  const report = verifier.report();
  const continued = await held.demand(report.sealedTo);
  const { position, hash } = report.head;
  const first = Math.min((start?.head.position ?? 0) + 1, position);
  const found = { from: first, to: position, ...report };
  tell(
    { terminal, json },
    {
      ...{ found, hash },
      report: { ...report, stamps: stamps.found },
      details: [...continued, ...continuedFrom(start), ...stamps.lines(), ...detailsOf(report)],
      witnessed: Witnessed.of(found, known),
      stamped: stamps.standing(report.newsAt),
    },
    trust ?? null,
  );
  stamps.demand(report.newsAt);
}

function refuseDamage(damage: Damage, { terminal, json }: Context): never {
  clearProgress(terminal);
  if (json) terminal.out(JSON.stringify({ status: 'damaged', ...damage }));
  throw new CommandFailure(damageLine(damage), exitCodes.refused);
}

interface Verdict {
  readonly found: Found;
  readonly report: { readonly warnings: readonly string[]; readonly stamps: FoundStamps };
  readonly hash: string;
  readonly details: readonly string[];
  /** Null: no witness is named. */
  readonly witnessed: Witnessed | null;
  readonly stamped: ReturnType<StampWatch['standing']>;
}

function tell(
  { terminal, json }: Pick<Context, 'terminal' | 'json'>,
  { found, report, hash, details, witnessed, stamped }: Verdict,
  trust: string | null,
): void {
  const sealed = statusOf(found, trust);
  const isSeen = witnessed === null || witnessed.standing === 'witnessed';
  const told = isSeen ? stamped : witnessed.standing;
  const status = sealed !== 'whole' || told === null || told === 'stamped' ? sealed : told;
  if (json) {
    const { to, by, quorum } = witnessed ?? {};
    const seen = witnessed === null ? {} : { witnessed: { to, by, quorum } };
    terminal.out(JSON.stringify({ ...report, ...seen, status }, null, 2));
    return demandAll(found, trust, witnessed);
  }
  terminal.out(`${status}: positions ${found.from}–${found.to}, head ${hash}`);
  for (const line of verdictLines(found, trust)) terminal.out(line);
  for (const line of witnessed?.lines() ?? []) terminal.out(line);
  for (const line of details) terminal.out(terminal.colors.dim(line));
  for (const warning of report.warnings) {
    terminal.error(terminal.colors.yellow(`warning: ${warning}`));
  }
  demandAll(found, trust, witnessed);
}

function demandAll(found: Found, trust: string | null, witnessed: Witnessed | null): void {
  demandTrust(found, trust);
  witnessed?.demand();
}

function detailsOf(report: LedgerReport): string[] {
  const { events, epochs, seals, manifests, merkleRoot, keys } = report;
  return [
    `${counted(events, 'event')}, ${counted(epochs, 'epoch')}, ` +
      `${counted(manifests, 'manifest')} of dropped telemetry`,
    counted(seals, 'seal'),
    `Merkle root ${merkleRoot}`,
    ...keys.map(keyLine),
  ];
}

async function verifyBundleFile(
  context: Context,
  surroundings: Surroundings,
  path: string,
  { trust, tsaCa, ...options }: VerifyOptions,
): Promise<void> {
  const { terminal, json } = context;
  const bytes = await readable(path, (file) => readFile(file));
  // What is shown must be what was hashed: bytes that are no text would be shown as something else.
  const text = isUtf8(bytes) ? bytes.toString('utf8') : null;
  const check: BundleCheck =
    text === null
      ? { status: 'damaged', damage: damageAt(null, 'P3', 'its bytes are not UTF-8') }
      : verifyBundle(text, { trust: trust ?? null });
  if (check.status === 'not-a-bundle') {
    const detail = `${path} is not a bundle, nor a ledger of "audit export --all": ${check.detail}.`;
    throw new CommandFailure(detail, exitCodes.unreachable);
  }
  if (check.status === 'damaged') refuseDamage(check.damage, context);
  const shown = shownIn((text ?? '').trimEnd().split('\n'));
  const { continued, warnings } = await holdBundle(context, surroundings, options, {
    ...{ bundle: shown, sealedTo: check.sealedTo },
  });
  const stamps = await StampWatch.of(tsaCa);
  await takeShown(stamps, shown, context);
  const newsAt = newsIn(shown.range);
  const verdict = {
    ...{ found: check, hash: check.head.hash },
    report: { ...check, warnings: [...check.warnings, ...warnings], stamps: stamps.found },
    details: [...continued, ...stamps.lines(), ...check.keys.map(keyLine)],
    // A checkpoint covers all of the range, or none of it.
    witnessed: Witnessed.of({ ...check, newsAt: check.to }, options),
    stamped: stamps.standing(newsAt),
  };
  tell({ terminal, json }, verdict, trust ?? null);
  stamps.demand(newsAt);
}

/** The newest position with anything but statements about checkpoints; 0: none. */
function newsIn(range: readonly Commit[]): number {
  const isNews = ({ streams, commands }: Commit): boolean =>
    commands.length > 0 || streams.some((name) => name !== checkpointsStream);
  return range.findLast(isNews)?.position ?? 0;
}

/** The stamps of a bundle: those in the commits that it shows, and the one of its checkpoint. */
async function takeShown(
  stamps: StampWatch,
  { commits, note, stamp }: ShownBundle,
  context: Context,
): Promise<void> {
  for (const commit of commits) {
    const broken = await stamps.take(commit);
    if (broken !== null) refuseDamage(broken, context);
  }
  if (note === null || stamp === null) return;
  const broken = await stamps.takeShown(note, stamp);
  if (broken !== null) refuseDamage(broken, context);
}

function keyLine({ fingerprint, status, counted }: KnownKey): string {
  if (status === 'presented') {
    return `key ${fingerprint}: presented; no key that counts has endorsed it, and its seals prove nothing`;
  }
  const spans = counted.map(({ from, to }) =>
    to === null ? `from position ${from} on` : `at positions ${from}–${to}`,
  );
  const where =
    spans.length === 0 ? '' : `${status === 'counts' ? '' : ', counted'} ${spans.join(', ')}`;
  return `key ${fingerprint}: ${status}${where}`;
}

export function tellProgress(terminal: Terminal, position: number): void {
  if (terminal.errorIsTerminal && position % progressEvery === 0) {
    terminal.status(`${position} commits …`);
  }
}

export function clearProgress(terminal: Terminal): void {
  if (terminal.errorIsTerminal) terminal.status('');
}
