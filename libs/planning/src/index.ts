export { fits, freeOf, isOpen, testsFor, whyNot } from './fits.js';
export { NodeTable } from './nodes/node-table.js';
export { answersOf } from './plan/answers.js';
export { jobsToPlan } from './plan/jobs-to-plan.js';
export { planJobs, type JobPlan } from './plan/plan.js';
export { isPolicy, policy, type Policy } from './policies.js';
export { hasRoomFor, hopeOf } from './wake-up.js';
