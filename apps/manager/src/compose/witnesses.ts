import type { ManagerSettings } from '../config/manager-settings.js';
import type { WitnessView } from '../injection/query-tokens.js';
import { HttpWitness, type TreeProofs } from '../sealing/http-witness.js';

/** Those of the settings' witnesses that are asked. */
export function witnessesOf(
  { knownWitnesses }: Pick<ManagerSettings, 'knownWitnesses'>,
  proofs: TreeProofs,
): readonly HttpWitness[] {
  return knownWitnesses.flatMap(({ url, verifierKey, ...key }) =>
    url === null ? [] : [new HttpWitness(key, verifierKey, url, proofs)],
  );
}

/** All of them, as they are shown and taken at their word. */
export function witnessView(
  { knownWitnesses }: Pick<ManagerSettings, 'knownWitnesses'>,
  asked: readonly HttpWitness[],
): readonly WitnessView[] {
  return knownWitnesses.map(({ name, publicKey, verifierKey }) => {
    const witness = asked.find((each) => each.verifierKey === verifierKey);
    return {
      ...{ name, publicKey, verifierKey },
      get objects() {
        return witness?.objects ?? false;
      },
    };
  });
}
