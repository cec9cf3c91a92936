/**
 * Fields of a job document that are kept and passed on, and that no worker here uses yet: whoever
 * submits one is told so. What begins to use a field takes its line out.
 */
export const notUsedYet: readonly string[] = ['update.surge'];
