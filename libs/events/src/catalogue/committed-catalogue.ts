import { sha256 } from '@oakring/crypto';
import { canonicalJson, type JsonObject } from '../text/canonical-json.js';
import { eventSchemas, schemaVersion } from './catalogue.js';

/** What a ledger commits to, and what a bundle is held to (`CatalogueChanged`). */
export interface CommittedCatalogue {
  readonly schemaVersion: number;
  /** SHA-256, hex, of the line that says the schemas in a bundle. */
  readonly hash: string;
}

/** The second line of a bundle. Empty: whoever wrote it does not have the schemas that the ledger commits to. */
export function schemasLine(schemas: object = eventSchemas): string {
  return canonicalJson({ schemas: JSON.parse(JSON.stringify(schemas)) as JsonObject });
}

let own: CommittedCatalogue | null = null;

/** Of this program. */
export function ownCatalogue(): CommittedCatalogue {
  return (own ??= { schemaVersion, hash: sha256(schemasLine()) });
}

export function isSameCatalogue(one: CommittedCatalogue, other: CommittedCatalogue): boolean {
  return one.hash === other.hash && one.schemaVersion === other.schemaVersion;
}
