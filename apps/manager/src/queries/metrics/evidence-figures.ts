import { cosignedUpTo, ledgerKey, type ClusterState } from '@oakring/model';
import type { Book, Sample } from '@oakring/metrics';
import type { WitnessView } from '../../injection/query-tokens.js';
import type { MetricSources } from './metric-sources.js';

/** What is proved of the ledger, for alarms. */
export function addEvidenceFigures(book: Book, sources: MetricSources): void {
  addVerification(book, sources);
  addSeals(book, sources);
  addWitnesses(book, sources);
}

/** What GET /api/v1/ledger/verify says. */
function addVerification(book: Book, sources: MetricSources): void {
  book.gauge(
    {
      name: 'oakring_ledger_verified_position',
      is: 'Position up to which this manager has verified the ledger since its start.',
      remedy:
        'far behind oakring_ledger_head_position for hours: the store is slow to read, or damaged (docs/damage.md).',
    },
    () => sources.evidence.verification.result.verifiedTo,
  );
  book.gauge(
    {
      name: 'oakring_ledger_verification_age_seconds',
      is: 'Seconds since all of the ledger had been verified; before the first time since the start.',
      remedy:
        'growing for hours: verification does not come to its end; oakring_ledger_verification_failures_total says whether it found damage.',
    },
    () => sources.evidence.verification.ageMs / 1_000,
  );
  book.counter(
    {
      name: 'oakring_ledger_verification_failures_total',
      is: '1 once this manager has found the ledger damaged.',
      remedy: 'change nothing, copy the store, and follow docs/damage.md.',
    },
    () => (sources.evidence.verification.trouble === null ? 0 : 1),
  );
}

function addSeals(book: Book, sources: MetricSources): void {
  const seal = () => sources.projection.state.seals.get(ledgerKey);
  let known: { readonly sealedAt: number; readonly atMs: number } | null = null;
  // When it was signed is in no view: its commit is read, once for each.
  book.before(async () => {
    const { sealedAt } = seal() ?? {};
    if (sealedAt === undefined || known?.sealedAt === sealedAt) return;
    const reading = sources.evidence.log.read({ from: sealedAt, limit: 1 });
    const [commit] = (await sources.inTime(reading, null)) ?? [];
    known = commit === undefined ? null : { sealedAt, atMs: commit.at };
  });
  book.gauge(
    {
      name: 'oakring_sealed_position',
      is: 'Position up to which the newest checkpoint seals the ledger; 0: there is none.',
      remedy:
        'standing still while oakring_ledger_head_position grows: look at oakring_process_failures_total{process="seals"}.',
    },
    () => seal()?.position ?? 0,
  );
  book.gauge(
    {
      name: 'oakring_seal_age_seconds',
      is: 'Seconds since the newest checkpoint while there is news after it, which is signed once a minute; 0 where all is sealed, NaN before the first one.',
      remedy:
        'above 180: nothing of late is proven; look at oakring_process_failures_total{process="seals"} and at the key (oakring audit keys).',
    },
    () => {
      const { sealedAt } = seal() ?? {};
      if (sealedAt === undefined || known?.sealedAt !== sealedAt) return NaN;
      return hasNews(sources.projection.state) ? sources.ageOf(known.atMs) : 0;
    },
  );
}

/** Something else than statements about checkpoints came after what is sealed. */
export function hasNews({ seals, head }: Pick<ClusterState, 'seals' | 'head'>): boolean {
  const { position = 0, quiet = null } = seals.get(ledgerKey) ?? {};
  const newsAt = quiet?.to === head.position ? quiet.from - 1 : head.position;
  return newsAt > position;
}

/** What witnesses say: what is not seen for long, and what is seen otherwise. */
function addWitnesses(book: Book, sources: MetricSources): void {
  const each = (figure: (witness: WitnessView) => number): Sample[] =>
    sources.evidence.witnesses.map((witness) => [figure(witness), witness.name]);
  book.gauge(
    {
      name: 'oakring_witness_seen_position',
      is: 'Position up to which each witness cosigned one of the newest checkpoints; 0: none of them.',
      remedy:
        'standing still while oakring_sealed_position grows: the witness is away, or objects.',
      labels: ['witness'],
    },
    () => each(({ verifierKey }) => cosignedUpTo(sources.projection.state, verifierKey)),
  );
  book.gauge(
    {
      name: 'oakring_witness_objects',
      is: '1 while a witness refuses our checkpoint by its newest answer: it saw another history.',
      remedy:
        'change nothing, and compare both histories: oakring audit compare (docs/auditing.md).',
      labels: ['witness'],
    },
    () => each(({ objects }) => (objects ? 1 : 0)),
  );
}
