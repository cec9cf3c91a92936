export { commitOfNextRelease, textOfNextFormat } from './next-release.js';
export { commitMaker, sampleOrigin } from './sample-commits.js';
export { SampleLedger, freshKey, numberedKey } from './sample-ledger.js';
