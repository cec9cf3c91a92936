/** Oakestra's wire between its workers and its cluster: only what lies at the edge of a program knows it. */
export {
  readRegistration,
  type Machine,
  type OakestraRegistration,
} from './oakestra/registration.js';
export {
  readHeartbeat,
  readInstances,
  readWord,
  type InstanceSighting,
  type InstanceWord,
} from './oakestra/reports.js';
export { deleteMessage, deployMessage, numbersBelow, orderFaults } from './oakestra/orders.js';
