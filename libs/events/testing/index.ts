export { commitMaker, sampleOrigin } from './sample-commits.js';
export { SampleLedger, freshKey } from './sample-ledger.js';
