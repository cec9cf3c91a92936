export { commitOfNextRelease, textOfNextFormat } from './next-release.js';
export { commitMaker, sampleOrigin } from './sample-commits.js';
export { bundleOf, notesIn } from './sample-bundle.js';
export { SampleLedger, freshKey, numberedKey } from './sample-ledger.js';
export { sampleEvents } from './sample-events.js';
