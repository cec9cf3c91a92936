export { describeOwnOnly, type AttackedListener } from './own-only.contract.js';
export { rawRequest, type RawAnswer } from './raw-request.js';
