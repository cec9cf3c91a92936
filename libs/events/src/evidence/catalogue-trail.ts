import {
  isSameCatalogue,
  ownCatalogue,
  type CommittedCatalogue,
} from '../catalogue/committed-catalogue.js';
import { schemaVersion } from '../catalogue/catalogue.js';
import type { Commit, EventHead, EventRecord } from '../log/commit.js';
import type { Problem } from '../log/damage.js';

/** Up to here no ledger committed to its schemas. */
const lastUncommitted = 5;

/** Which schemas a log commits to, commit by commit (rule O3). */
export class CatalogueTrail {
  /** What was stated last; null: nothing yet. */
  newest: CommittedCatalogue | null = null;
  private readonly foreign: string[] = [];

  /** `fromStart`: what was stated before is known. */
  constructor(private readonly fromStart = true) {}

  /** Of a commit whose events passed their schemas. */
  take({ position }: Pick<Commit, 'position'>, records: readonly EventHead[]): Problem | null {
    for (const [index, { type, data }] of records.entries()) {
      if (type !== 'CatalogueChanged' || data === null) continue;
      if (records[index - 1]?.type !== 'EpochOpened') {
        return broken('CatalogueChanged does not come right after EpochOpened');
      }
      const problem = this.state(catalogueIn(data), position);
      if (problem !== null) return problem;
    }
    const strange = records.find(({ schema }) => !this.isInForce(schema));
    if (strange === undefined) return null;
    const stated = this.newest?.schemaVersion ?? 'none';
    return broken(
      `${strange.type} is of schema version ${strange.schema}, the ledger states ${stated}`,
    );
  }

  /** Where the ledger says that a version known here had other schemas. */
  warnings(): readonly string[] {
    return this.foreign;
  }

  private state(stated: CommittedCatalogue, position: number): Problem | null {
    const before = this.newest;
    if (before !== null && isSameCatalogue(before, stated)) {
      return broken(`the schemas of version ${stated.schemaVersion} are stated a second time`);
    }
    if (stated.schemaVersion < (before?.schemaVersion ?? 0)) {
      return broken(
        `schema version ${stated.schemaVersion} follows version ${String(before?.schemaVersion)}`,
      );
    }
    this.newest = stated;
    const isForeign = stated.schemaVersion === schemaVersion && stated.hash !== ownCatalogue().hash;
    if (isForeign) this.foreign.push(foreignSchemas(stated, position));
    return null;
  }

  private isInForce(schema: number): boolean {
    if (this.newest === null) return !this.fromStart || schema <= lastUncommitted;
    return schema === this.newest.schemaVersion;
  }
}

/** What an event `CatalogueChanged` that passed its schema says. */
export function catalogueIn(data: EventRecord['data']): CommittedCatalogue {
  return { schemaVersion: Number(data['schemaVersion']), hash: String(data['hash']) };
}

function foreignSchemas({ schemaVersion: version, hash }: CommittedCatalogue, at: number): string {
  return `position ${at} commits to schemas of version ${version} (${hash}) that are not those known here; events are held to those known here`;
}

function broken(detail: string): Problem {
  return { rule: 'O3', detail };
}
